import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { bad, good, json, type Place, type Row } from '../row.ts'

/** Folders beside the project, which the commands that make and remove one act on. */
export const files = {
  'fresh/PRD.md': '# What is built\n',
  'fresh/tools/x.sh': '#!/bin/sh\n',
  'plain/kept.txt': 'Mine.\n',
  'broken/sparkq.yml': 'limits:\n  max_runing: 2\n',
}

const has =
  (...names: string[]) =>
  (at: Place) => {
    for (const name of names) assert.ok(fs.existsSync(path.join(at.folder, name)), name)
  }
const hasNot =
  (...names: string[]) =>
  (at: Place) => {
    for (const name of names) assert.ok(!fs.existsSync(path.join(at.folder, name)), name)
  }
const fresh = { in: 'fresh' }
const plain = { in: 'plain' }

const setup: readonly Row[] = [
  bad('--name', `setup -y --name ''`, 2, /^--name must not be blank\.$/, /./, fresh),
  bad('--folder', 'setup -y --folder nowhere', 2, /nowhere/, /./, fresh),
  bad('--prd', 'setup -y --prd none.md', 2, /none\.md/, /./, fresh),
  bad(
    '--script-dir',
    `setup -y --script-dir ''`,
    2,
    /^--script-dir must not be blank\.$/,
    /setup --help/,
    fresh,
  ),
  bad('--timeout', 'setup -y --timeout LLM_HEVY=30m', 2, /LLM_HEVY/, /./, fresh),
  bad('--timeout', 'setup -y --timeout LLM_HEAVY=soon', 2, /soon/, /./, fresh),
  bad('--port', 'setup -y --port 99999', 2, /99999|65535/, /./, fresh),
  bad('--session', 'setup -y --session ses_x', 2, /ses_x/, /./, fresh),
  bad('--queue', 'setup -y -q tsk_x', 2, /tsk_x/, /./, fresh),
  bad(
    '--examples',
    'setup -y --examples --no-examples',
    2,
    /^Either --examples or --no-examples, not both\.$/,
    /./,
    fresh,
  ),
  bad(
    '--no-examples',
    'setup -y --no-examples --examples',
    2,
    /^Either --examples or --no-examples, not both\.$/,
    /./,
    fresh,
  ),
  good(
    'setup --yes --name mine --folder tools --prd PRD.md --script-dir tools --timeout LLM_HEAVY=30m --port 5019 --session night --queue auth --examples',
    {
      ...fresh,
      out: [/^Set up SparkQ in .*fresh$/m, /^ {2}made +/m],
      err: /sparkq runner -q auth/,
      leaves: at => {
        const text = fs.readFileSync(path.join(at.folder, 'fresh/sparkq.yml'), 'utf8')
        for (const part of [
          /name: "mine"/,
          /repo_path: "tools"/,
          /prd_path: "PRD\.md"/,
          /port: 5019/,
          /timeout: 1800/,
        ])
          assert.match(text, part)
        has('fresh/sparkq/data/sparkq.db')(at)
      },
    },
  ),
  good('queue list --session night', { ...fresh, out: /auth +night/ }),
  good('setup --no-examples', {
    ...plain,
    out: /^Set up SparkQ in .*plain$/m,
    err: /It took every default/,
    leaves: has('plain/sparkq.yml'),
  }),
  good('setup --yes --name other', {
    ...plain,
    out: /is set up in .*plain already$/m,
    err: /^--name: nothing is changed by it/m,
  }),
]

const copies: readonly Row[] = [
  good(`enqueue -c 'echo kept'`, { out: /DEFAULT-1/ }),
  good('runner -q default', { process: true, out: /DEFAULT-1/ }),
  bad('<folder>', 'backup sparkq.yml', 4, /sparkq\.yml/, /sparkq backup/),
  good('backup', { out: /^Backed up 1 task/m, err: /sparkq restore sparkq-backup-test-/ }),
  good('backup copy --no-output', { out: /, without output · /, leaves: has('copy/sparkq.yml') }),
  bad('--force', 'backup copy', 4, /copy/, /--force/),
  good('backup copy --force --json', { leaves: json({ backup: { project: 'test' } }) }),
  bad('--no-output', 'backup copy --no-output', 4, /copy/, /--force/),
  bad('<from>', 'restore nowhere --yes', 3, /nowhere/, /sparkq backup|ls/),
  bad('--yes', 'restore ../copy', 2, /The backup takes the place of what is here\./, /--yes/, plain),
  bad('--keep-config', 'restore ../plain --keep-config --yes', 2, /plain/, /./, plain),
  good('restore ../copy --keep-config -y', {
    ...plain,
    out: /^Restored 1 task.* into .*plain$/m,
    err: /sparkq\.yml stays as it is(.|\n)*sparkq restore sparkq-before-restore-/,
  }),
  good('tasks', { ...plain, out: /DEFAULT-1 .*succeeded/ }),
]

const health: readonly Row[] = [
  good('doctor', { leaves: (_, said) => assert.match(said.stdout, /^ {2}[✓!✗] \w/m) }),
  good('doctor --full --json', { out: /"check":/ }),
  good('doctor --fix', {
    ...plain,
    leaves: (_, said) => assert.match(said.stdout, /(All is well|to look at|broken)/),
  }),
  good('doctor', { in: 'broken', code: 1, out: /✗ (.|\n)*max_runing/ }),
  good('completion bash', { out: /complete .*sparkq/ }),
  good('completion zsh', { out: /compdef/ }),
  bad(
    '<shell>',
    'completion fiish',
    2,
    /^There is no completion for "fiish"\. Did you mean "fish"\?$/,
    /sparkq completion fish/,
  ),
]

const teardown: readonly Row[] = [
  bad('--force', 'teardown', 2, /^Nothing of it can be brought back\.$/, /^ {2}add --force to do it$/, plain),
  good('teardown --force --keep-config', {
    ...plain,
    out: /^Removed SparkQ from .*plain · /m,
    leaves: at => {
      has('plain/sparkq.yml', 'plain/kept.txt')(at)
      hasNot('plain/sparkq/data')(at)
    },
  }),
  good('teardown --force', {
    ...fresh,
    out: /^Removed SparkQ from /m,
    leaves: hasNot('fresh/sparkq.yml', 'fresh/sparkq'),
  }),
  good('teardown', { ...fresh, out: /^Nothing to remove here\.$/m }),
]

export const rows: readonly Row[] = [...setup, ...copies, ...health, ...teardown]
