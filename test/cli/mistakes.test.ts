import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { emptySite, type RunOptions, type Site, site, snapshot } from './run-cli.ts'

type Mistake = [line: string[], exit: number, sentence: RegExp, next: RegExp, options?: RunOptions]

/** One sentence and a next step on stderr, nothing on stdout, the exit code, and nothing changed. */
async function refuses(at: Site, mistakes: Mistake[]): Promise<void> {
  const before = await snapshot(at.core)
  await Promise.all(mistakes.map(mistake => refusesOne(at, mistake)))
  assert.deepEqual(await snapshot(at.core), before)
}

async function refusesOne({ sparkq }: Pick<Site, 'sparkq'>, [line, exit, sentence, next, options]: Mistake) {
  const { stdout, stderr, code } = await sparkq(line, options)
  const [said, ...hints] = stderr.trimEnd().split('\n')
  const called = `sparkq ${line.join(' ')}\n${stderr}`
  assert.equal(stdout, '', called)
  assert.equal(code, exit, called)
  assert.match(said ?? '', sentence, called)
  assert.ok(hints.length > 0 && hints.every(hint => hint.startsWith('  ')), called)
  assert.match(hints.join('\n'), next, called)
}

describe('a mistake', { concurrency: 2 }, () => {
  test('in what is named is refused with the nearest name', async t => {
    const at = await site(t, { 'scripts/migrate.sh': '#!/bin/sh\n' })
    await at.core.createQueue({ session_id: 'default', name: 'auth' })
    const run = ['-c', 'true']
    await refuses(at, [
      [
        ['enqueue', '-q', 'atuh', ...run],
        3,
        /^There is no queue "atuh"\. Did you mean "auth"\?$/,
        /^ {2}sparkq queue list$/,
      ],
      [['enqueue'], 2, /^Which queue\?$/, /one of: default, auth/],
      [
        ['enqueue', '-q', 'auth', '-t', 'run-bsh', ...run],
        2,
        /^There is no tool "run-bsh"\. Did you mean "run-bash"\?$/,
        /run-python/,
      ],
      [
        ['enqueue', '-q', 'auth', '--class', 'FAST', ...run],
        2,
        /^There is no task class "FAST"/,
        /LLM_HEAVY/,
      ],
      [
        ['enqueue', '-q', 'auth', '--', 'scripts/migrat.sh'],
        2,
        /^There is no script "scripts\/migrat\.sh"\. Did you mean "scripts\/migrate\.sh"\?$/,
        /^ {2}sparkq scripts list$/,
      ],
      [['enqueue', '-q', 'auth', '--', 'scripts'], 2, /^"scripts" is not a file\.$/, /^ {2}ls /],
      [
        ['enqueue', '-q', 'auth', '--cwd', 'nowhere', ...run],
        2,
        /^There is no folder "nowhere" to run in\.$/,
        /^ {2}ls /,
      ],
      [['peek', '-q', 'atuh'], 3, /^There is no queue "atuh"\./, /queue list/],
      [['claim', '-q', 'atuh'], 3, /^There is no queue "atuh"\./, /queue list/],
      [['task', 'AUTH-7'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [['logs', 'AUTH-7'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [['wait', 'AUTH-7'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [['complete', 'AUTH-7', 'Done.'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [['fail', 'AUTH-7', 'No.'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [['cancel', 'AUTH-7'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [['rm', 'AUTH-7'], 3, /^There is no task "AUTH-7"\.$/, /^ {2}sparkq tasks$/],
      [
        ['tasks', '--status', 'runing'],
        2,
        /^There is no status "runing"\. Did you mean "running"\?$/,
        /--status queued\|running\|succeeded\|failed/,
      ],
      [['tasks', '--review', 'done'], 2, /^There is no review state "done"\.$/, /--review unreviewed\|/],
      [['tasks', '--tool', 'run-bsh'], 2, /^There is no tool "run-bsh"/, /run-bash/],
      [['tasks', '--queue', 'atuh'], 3, /^There is no queue "atuh"/, /queue list/],
      [
        ['tasks', '--session', 'defualt'],
        3,
        /^There is no session "defualt"\. Did you mean "default"\?$/,
        /session list/,
      ],
      [['session', 'list', '--status', 'over'], 2, /^There is no status "over"\.$/, /--status active\|ended/],
      [['session', 'end', 'nope'], 3, /^There is no session "nope"\.$/, /session list/],
      [['queue', 'create', 'x', '--session', 'nope'], 3, /^There is no session "nope"\.$/, /session list/],
      [
        ['queue', 'set', 'auth', 'default_tol=run-bash'],
        2,
        /^There is no setting "default_tol"\. Did you mean "default_tool"\?$/,
        /on_failure/,
      ],
      [['queue', 'set', 'auth', 'default_tool=run-bsh'], 2, /^There is no tool "run-bsh"/, /run-bash/],
    ])
  })

  test('in a value is refused in words that say what it should be', async t => {
    const at = await site(t, { 'broken.json': '{"a": ' })
    const add = ['enqueue', '-q', 'default']
    const run = [...add, '-c', 'true']
    const timeouts = ['0', '-1', '1.5', 'abc'].map(
      (text): Mistake => [
        [...run, '--timeout', text],
        2,
        new RegExp(
          `^--timeout must be a whole number of seconds, at least 1; "${text.replace('.', '\\.')}" is not\\.$`,
        ),
        /enqueue --help/,
      ],
    )
    await refuses(at, [
      ...timeouts,
      [
        [...run, '--timeout', '99999999999'],
        2,
        /^timeout must be a whole number from 1 to 31536000\.$/,
        /--help/,
      ],
      [[...add, '-t', 'run-bash', '--payload', '{"command": '], 2, /^--payload is not JSON: /, /--payload '/],
      [
        [...add, '-t', 'run-bash', '--payload', '[1]'],
        2,
        /^--payload must be a JSON object\.$/,
        /--payload '/,
      ],
      [[...add, '-t', 'run-bash', '--payload', '@broken.json'], 2, /^--payload is not JSON: /, /--payload '/],
      [
        [...add, '-t', 'run-bash', '--payload', '@none.json'],
        2,
        /^--payload: there is no file "none\.json"\.$/,
        /ls -l none\.json/,
      ],
      [
        [...add, '-t', 'run-bash', '--payload', '-'],
        2,
        /^--payload is not JSON: /,
        /--payload '/,
        { input: '{' },
      ],
      [
        [...add, '-t', 'run-bash', '--payload', '{"comand": "x"}'],
        2,
        /^This is no payload for run-bash: /,
        /"command": "make test"/,
      ],
      [
        [...add, '-t', 'run-bash', 'fix it'],
        2,
        /^This is no payload for run-bash: /,
        /a payload of run-bash/,
      ],
      [[...add], 2, /^What shall be done\?$/, /sparkq enqueue -q NAME -- /],
      [[...add, '--'], 2, /^Nothing stands behind --\.$/, /-- FILE/],
      [
        [...add, '-c', 'x', '--', 'y.sh'],
        2,
        /^Either -- FILE or -c COMMAND: a task does one thing\.$/,
        /help enqueue/,
      ],
      [[...add, '-'], 2, /^The prompt must not be blank\.$/, /help enqueue/, { input: ' \n' }],
      [
        ['add', 'default', 'fix', 'it'],
        2,
        /^"it" is one word too many for "sparkq enqueue"\.$/,
        /enqueue --help/,
      ],
      [[...run, '--in', '30'], 2, /^--in "30" is not a duration\.$/, /30m/],
      [[...run, '--at', '25:00'], 2, /^--at "25:00" is not a time\.$/, /02:00/],
      [[...run, '--in', '5m', '--at', '02:00'], 2, /^Either --in or --at, not both\.$/, /--help|--in/],
      [[...run, '--env', 'A'], 2, /^--env "A" is not NAME=VALUE\.$/, /--env NODE_ENV=test/],
      [
        [...run, '--max-attempts', '0'],
        2,
        /^--max-attempts must be a whole number, at least 1; "0" is not\.$/,
        /--help/,
      ],
      [['session', 'create', ' '], 2, /^NAME must not be blank\.$/, /session create --help/],
      [['queue', 'create', ''], 2, /^NAME must not be blank\.$/, /queue create --help/],
      [['queue', 'create', 'x'.repeat(101)], 2, /at most 100 characters/, /--help/],
      [['queue', 'create', 'tsk_mine'], 2, /looks like an id/, /--help/],
      [['queue', 'create', 'Default'], 4, /^There is a queue "Default" already/, /queue list/],
      [['queue', 'set', 'default'], 2, /^There is nothing to set\.$/, /default_tool/],
      [['queue', 'set', 'default', 'on_failure'], 2, /^"on_failure" is not KEY=VALUE\.$/, /on_failure=pause/],
      [['queue', 'set', 'default', 'on_failure=stop'], 2, /must be one of continue, pause/, /--help/],
      [
        ['queue', 'pause', 'default', '--for', 'a while'],
        2,
        /^--for "a while" is not a duration\.$/,
        /--for 90s/,
      ],
      [['queue', 'resume', 'default'], 4, /^Queue "default" is active already\.$/, /queue show/],
      [
        ['purge', '--older-than-days', 'soon'],
        2,
        /^--older-than-days must be a number of days, at least 0; "soon" is not\.$/,
        /purge --help/,
      ],
      [['wait'], 2, /^Wait for what\?$/, /sparkq wait --queue NAME/],
      [['logs', '--stdout', '--stderr'], 2, /^Either --stdout or --stderr/, /--help/],
    ])
  })

  test('in finishing a task is refused, and the task stays as it is', async t => {
    const at = await site(t)
    for (let i = 0; i < 2; i++)
      await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    await at.core.claimTask({ id: 'default' })
    await refuses(at, [
      [
        ['complete', 'DEFAULT-2', 'Done.'],
        4,
        /^DEFAULT-2 is queued: only a running task can be finished\.$/,
        /task DEFAULT-2/,
      ],
      [['fail', 'DEFAULT-2', 'No.'], 4, /^DEFAULT-2 is queued: /, /task DEFAULT-2/],
      [['complete', 'DEFAULT-1'], 2, /^The summary is missing\.$/, /sparkq complete TASK "what was done"/],
      [['complete', 'DEFAULT-1', '  '], 2, /^The summary must not be blank\.$/, /sparkq complete TASK/],
      [
        ['complete', 'DEFAULT-1', '--summary', ''],
        2,
        /^The summary must not be blank\.$/,
        /sparkq complete TASK/,
      ],
      [['complete', 'DEFAULT-1', 'it', 'works'], 2, /^"works" is one word too many/, /complete --help/],
      [['complete', 'DEFAULT-1', 'Done.', '--data', '{"rows": }'], 2, /^--data is not JSON: /, /--data '/],
      [['complete'], 2, /^Which task\?$/, /sparkq complete TASK/],
      [['fail', 'DEFAULT-1'], 2, /^The reason is missing\.$/, /sparkq fail TASK/],
      [['fail', 'DEFAULT-1', '--reason', ' '], 2, /^The reason must not be blank\.$/, /sparkq fail TASK/],
      [
        ['requeue', 'DEFAULT-1'],
        4,
        /^DEFAULT-1 is running: only a finished task can be requeued\.$/,
        /task DEFAULT-1/,
      ],
      [
        ['requeue', 'DEFAULT-1', '--edit'],
        4,
        /^DEFAULT-1 is running: only a finished task can be requeued\.$/,
        /task DEFAULT-1/,
      ],
      [
        ['edit', 'DEFAULT-1', '--timeout', '5'],
        4,
        /^DEFAULT-1 is running: only a queued task can be changed\.$/,
        /task/,
      ],
      [['edit', 'DEFAULT-1'], 4, /^DEFAULT-1 is running: only a queued task can be changed\.$/, /task/],
      [['edit', 'DEFAULT-2', '--now', '--in', '5m'], 2, /^Either --now, or --in or --at\.$/, /--help/],
      [['first', 'DEFAULT-1'], 4, /^DEFAULT-1 is running: /, /task/],
      [['rm', 'DEFAULT-1'], 4, /^DEFAULT-1 is running: /, /task/],
    ])
  })

  test('in sparkq.yml stops every command but setup and teardown, with line, column and the nearest key', async t => {
    const at = await site(t)
    const file = path.join(at.folder, 'sparkq.yml')
    const before = await snapshot(at.core)
    fs.writeFileSync(file, 'purge:\n  older_then_days: 3\n')
    const commands = [
      ['tasks'],
      ['enqueue', '-q', 'default', '-c', 'true'],
      ['queue', 'pause', 'default'],
      ['reload'],
    ]
    await Promise.all(
      commands.map(line =>
        refusesOne(at, [
          line,
          2,
          /^sparkq\.yml:2:3: there is no setting "purge\.older_then_days"\. Did you mean "older_than_days"\?$/,
          /^ {2}edit .*sparkq\.yml$/,
        ]),
      ),
    )
    assert.deepEqual(await snapshot(at.core), before)
  })

  test('of the place is told: a newer database, a folder that cannot be', async t => {
    const newer = await site(t)
    const file = path.join(newer.folder, 'sparkq/data/sparkq.db')
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    const bytes = fs.readFileSync(file)
    await refusesOne(newer, [['tasks'], 1, /was written by a newer SparkQ/, /npm install -g sparkq@latest/])
    assert.ok(fs.readFileSync(file).equals(bytes))

    const blocked = emptySite(t, { 'sparkq.yml': 'database:\n  path: plain/sparkq.db\n', plain: 'a file' })
    await refusesOne(blocked, [['tasks'], 1, /plain cannot be written \(\w+\)\.$/, /^ {2}ls -ld .*plain$/])
  })
})
