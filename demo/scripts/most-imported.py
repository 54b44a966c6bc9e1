# description: Finds the modules that most others import
# inputs: folder
# outputs: how often each TypeScript module is imported
# tags: survey
import collections
import json
import os
import re
import sys

root = sys.argv[1]
imported = collections.Counter()
modules = 0
for folder, _, names in os.walk(os.path.join(root, "src")):
    for name in names:
        if not name.endswith(".ts"):
            continue
        modules += 1
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            targets = re.findall(r"""\bfrom\s+['"](\.[^'"]+)['"]""", file.read())
        for target in set(targets):
            imported[os.path.relpath(os.path.join(folder, target), root)] += 1

ranking = sorted(imported.items(), key=lambda it: (-it[1], it[0]))
for module, count in ranking[:5]:
    print(f"{count:4}  {module}")

first, count = ranking[0]
with open(os.environ["SPARKQ_RESULT_FILE"], "w") as file:
    summary = f"{first} is imported by {count} of {modules} modules"
    json.dump({"summary": summary, "data": {"modules": modules, "imported": imported}}, file)
