import path from 'node:path'
import { defaultConfig } from '../../contract/config.ts'

/** Two scripts to try SparkQ with, by their path in the project's folder: its first script folder that lies in it. */
export function exampleScripts(
  project: string,
  scriptDirs: readonly string[],
): { file: string; text: string }[] {
  const usual = defaultConfig.script_dirs[0] as string
  const inside = scriptDirs.map(dir => path.relative(project, path.resolve(project, dir))).filter(isInside)
  const folder = inside.includes(usual) ? usual : (inside[0] ?? usual)
  return [
    { file: path.join(folder, 'example-hello.sh'), text: hello },
    { file: path.join(folder, 'example-report.py'), text: report },
  ]
}

/** Elsewhere is somebody else's, and teardown would not take them back from there. */
const isInside = (dir: string): boolean => !path.isAbsolute(dir) && dir.split(path.sep)[0] !== '..'

const hello = `#!/usr/bin/env bash
# name: example-hello
# description: Counts to three, a number a second, and greets. Its last line is the summary of the task.
# inputs: name (optional)
# tags: example
# timeout: 60
set -eu
for number in 1 2 3; do
  echo "$number"
  sleep 1
done
echo "Hello, \${1:-world}"
`

const report = `#!/usr/bin/env python3
# name: example-report
# description: Counts the files of the project by their endings, and gives the counts as the result of the task.
# outputs: files by ending
# tags: example
# task_class: FAST_SCRIPT
import collections
import json
import os

counts = collections.Counter()
for folder, folders, files in os.walk("."):
    folders[:] = [name for name in folders if not name.startswith(".") and name not in ("node_modules", "sparkq")]
    counts.update(os.path.splitext(name)[1] or name for name in files)
for ending, number in counts.most_common(10):
    print(f"{number:6} {ending}")

summary = f"{sum(counts.values())} files of {len(counts)} kinds"
result = os.environ.get("SPARKQ_RESULT_FILE")
if result:
    with open(result, "w") as file:
        json.dump({"summary": summary, "data": dict(counts)}, file)
else:
    print(summary)
`
