import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Task } from '../../src/contract/tasks.ts'
import { linesWithoutAgents } from '../support/warnings.ts'
import { type RunOptions, type Site, site, snapshot } from './run-cli.ts'

const root = path.dirname(path.dirname(import.meta.dirname))
const script = '#!/bin/sh\n# timeout: 42\necho "hi $1"\n'

async function queued(at: Site, args: string[], options?: RunOptions): Promise<Task[]> {
  const { stdout, stderr, code } = await at.sparkq(['enqueue', '--yes', '--json', ...args], options)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout).tasks
}

const all = async ({ core }: Site) => (await core.listTasks()).tasks.toReversed()
const places = (tasks: Task[]) => tasks.map(it => [it.friendly_id, it.tool_name, it.timeout])

describe('enqueue --from', { concurrency: 2 }, () => {
  test('a plan says for all its tasks, or for one, what has to pass', async t => {
    const plan =
      '---\ncheck: npm test\n---\n- [ ] Fix it {tool=llm-sonnet}\n- [ ] `ls` {check="test -d src"}\n'
    const at = await site(t, { 'plan.md': plan })
    const tasks = await queued(at, ['--from', 'plan.md'])
    assert.deepEqual(
      tasks.map(it => it.payload),
      [
        { prompt: 'Fix it', check: 'npm test' },
        { command: 'ls', check: 'test -d src' },
      ],
    )
  })

  test('queues the example plan, which then does what it says', async t => {
    const at = await site(t, { 'plan.md': fs.readFileSync(path.join(root, 'docs/example-plan.md'), 'utf8') })
    await at.core.createQueue({ session_id: 'default', name: 'agents' })
    const { stdout, stderr, code } = await at.sparkq(['enqueue', '--from', 'plan.md', '--yes'])
    assert.equal(code, 0, stderr)
    assert.equal(
      stdout,
      'Queued 3 tasks in "default": DEFAULT-1 to DEFAULT-3\nQueued 2 tasks in "agents": AGENTS-1 to AGENTS-2\n',
    )
    assert.match(
      linesWithoutAgents(stderr),
      /^1 ticked off is left out\n {2}sparkq runner -q default +work it now\n/,
    )
    assert.deepEqual(places(await all(at)), [
      ['DEFAULT-1', 'run-bash', 300],
      ['DEFAULT-2', 'run-bash', 60],
      ['DEFAULT-3', 'run-python', 300],
      ['AGENTS-1', 'llm-sonnet', 1800],
      ['AGENTS-2', 'llm-haiku', 300],
    ])
    assert.equal((await at.sparkq(['runner', '-q', 'default', '--run'])).code, 0)
    const count = fs.readdirSync(at.folder).filter(name => !name.startsWith('.')).length
    const done = (await all(at)).slice(0, 3)
    assert.deepEqual(
      done.map(it => it.status),
      ['succeeded', 'succeeded', 'succeeded'],
    )
    assert.match(done[0]?.result_summary ?? '', /^git version /)
    assert.equal(done[1]?.result_summary?.trim(), `${count} entries`)
    assert.equal(done[2]?.result_summary, `counted ${count}, twice that is ${2 * count}`)
    const { payload } = (await at.core.getTask({ id: 'AGENTS-1' })).task
    assert.deepEqual(payload, {
      prompt:
        'Fix the login test\nIt fails since the token refresh went in.\n\n- Run it: `npm test -- login`\n- Do not touch the other tests.',
    })
  })

  test('shows what it understood, and queues nothing of it, with --dry-run', async t => {
    const at = await site(t, {
      'plan.md': '- a\n- [x] b\n- [ ] `x.sh staging`\n- [ ] fix it {at="2099-01-01 02:00"}\n',
      'x.sh': script,
    })
    const before = await snapshot(at.core)
    const { stdout, stderr, code } = await at.sparkq(['add', '--from', 'plan.md', '--dry-run'])
    assert.equal(code, 0)
    assert.deepEqual(
      stdout.split('\n').map(line => line.trim().split(/ {2,}/)),
      [
        ['lane', 'tool', 'what', 'timeout', 'not before'],
        ['default', 'run-bash', './x.sh staging', '42 s'],
        ['default', 'llm-sonnet', 'fix it', '20 min', stdout.split('\n')[2]?.trim().split(/ {2,}/)[4]],
        [''],
      ],
    )
    assert.equal(
      linesWithoutAgents(stderr),
      '2 tasks, nothing was queued · 1 ticked off is left out · 1 list item without a box is left out\n',
    )
    const json = JSON.parse((await at.sparkq(['add', '--from', 'plan.md', '--dry-run', '--json'])).stdout)
    assert.deepEqual([json.done, json.unboxed, json.tasks.length], [1, 1, 2])
    assert.deepEqual(
      [json.tasks[0].tool_name, json.tasks[0].timeout, json.tasks[0].queue.name],
      ['run-bash', 42, 'default'],
    )
    assert.deepEqual(await snapshot(at.core), before)
  })

  test('what a task says goes before the command line, that before the head, that before the lane', async t => {
    const at = await site(t, {
      'plan.yaml': `lane: web
tool: llm-haiku
timeout: 100
env: {A: head, B: head}
in: 2h
tasks:
  - fix it
  - {command: a, timeout: 7, lane: default, env: {B: own}, at: "2099-01-01T00:00:00Z"}
  - {prompt: x, tool: llm-codex}
`,
    })
    for (const name of ['web', 'api']) await at.core.createQueue({ session_id: 'default', name })
    const typed = ['-q', 'api', '-t', 'llm-sonnet', '--env', 'A=typed', '--cwd', '..', '--max-attempts', '2']
    fs.mkdirSync(path.join(at.folder, 'sub/deep'), { recursive: true })
    const from = { in: 'sub/deep' }
    const [head, own] = await queued(at, ['--from', '../../plan.yaml'], from)
    assert.deepEqual(
      [head?.queue.name, head?.tool_name, head?.timeout, own?.queue.name, own?.timeout, own?.tool_name],
      ['web', 'llm-haiku', 100, 'default', 7, 'run-bash'],
    )
    assert.ok(Date.parse(head?.not_before ?? '') > Date.now() + 7_000_000)
    assert.deepEqual(
      [own?.not_before, own?.payload],
      ['2099-01-01T00:00:00.000Z', { command: 'a', env: { A: 'head', B: 'own' } }],
    )
    const [prompt, command, codex] = await queued(at, ['--from', '../../plan.yaml', ...typed], from)
    assert.deepEqual(
      [prompt?.queue.name, prompt?.tool_name, prompt?.payload],
      ['api', 'llm-sonnet', { prompt: 'fix it' }],
    )
    assert.deepEqual(command?.payload, { command: 'a', env: { A: 'typed', B: 'own' }, cwd: 'sub' })
    assert.deepEqual([command?.max_attempts, codex?.tool_name], [2, 'llm-codex'])
  })

  test('a block is run by what it is written in, whatever tool the lane has', async t => {
    const at = await site(t, {
      'plan.md': '- [ ] a\n  ```sh\n  x\n  ```\n- [ ] b\n  ```py\n  y\n  ```\n- [ ] `x.sh`\n',
      'x.sh': script,
    })
    await at.core.updateQueue({ id: 'default', settings: { default_tool: 'run-python' } as never })
    const tasks = await queued(at, ['--from', 'plan.md'])
    assert.deepEqual(
      tasks.map(it => [it.tool_name, it.payload]),
      [
        ['run-bash', { command: '# a\nx' }],
        ['run-python', { code: '# b\ny' }],
        ['run-bash', { script_path: 'x.sh' }],
      ],
    )
  })

  test('reads a plan from stdin, in the format that is named', async t => {
    const at = await site(t)
    await at.core.createQueue({ session_id: 'default', name: 'web' })
    const input = '{"command": "a"}\n{"command": "b"}\n'
    const { stdout } = await at.sparkq(['add', 'web', '--from', '-', '--format', 'jsonl', '--yes', '-Q'], {
      input,
    })
    assert.equal(stdout, 'WEB-1\nWEB-2\n')
  })

  test('with --once queues what is new, and each of two that say the same', async t => {
    const at = await site(t, { 'plan.md': '- [ ] `make`\n- [ ] `make`\n' })
    const add = async () => (await at.sparkq(['add', '--from', 'plan.md', '--once', '--yes'])).stdout
    assert.equal(await add(), 'Queued 2 tasks in "default": DEFAULT-1 to DEFAULT-2\n')
    // Nothing is asked where nothing would happen.
    const again = await at.sparkq(['add', '--from', 'plan.md', '--once'])
    assert.deepEqual([again.stdout, again.code], ['Nothing new in plan.md · 2 were queued before\n', 0])
    fs.writeFileSync(path.join(at.folder, 'plan.md'), '- [x] `x`\n- [ ] `make`\n- [ ] new\n- [ ] `make`\n')
    const { stdout, stderr } = await at.sparkq(['add', '--from', 'plan.md', '--once', '--yes'])
    assert.equal(stdout, 'Queued 1 task in "default": DEFAULT-3\n')
    assert.match(linesWithoutAgents(stderr), /^2 were queued before\n1 ticked off is left out\n/)
    assert.equal((await all(at)).length, 3)
  })

  test('a plan whose boxes are all ticked has nothing to queue', async t => {
    const at = await site(t, { 'plan.md': '- [x] a\n' })
    const { stdout, code } = await at.sparkq(['add', '--from', 'plan.md'])
    assert.deepEqual([stdout, code], ['Nothing to queue in plan.md · 1 ticked off is left out\n', 0])
    assert.deepEqual((await queued(at, ['--from', 'plan.md'])).length, 0)
  })

  test('queues thousands in one go', async t => {
    const lines = Array.from({ length: 3000 }, (_, i) => `{"command": "echo ${i}"}`)
    const at = await site(t, { 'plan.jsonl': lines.join('\n') })
    const { stdout } = await at.sparkq(['add', '--from', 'plan.jsonl', '--yes'])
    assert.equal(stdout, 'Queued 3000 tasks in "default": DEFAULT-1 to DEFAULT-3000\n')
  })
})

type Mistake = [args: string[], exit: number, said: string[], next: RegExp, input?: string]

const mistakes: Mistake[] = [
  [
    ['--from', 'bad.yaml'],
    2,
    [
      'bad.yaml:1:1: There is no queue "defualt". Did you mean "default"?',
      'bad.yaml:2:1: at "25:00" is not a time.',
      'bad.yaml:5:5: There is no script "y.sh". Did you mean "x.sh"?',
      'bad.yaml:8:32: There is no tool "llm-sonet". Did you mean "llm-sonnet"?',
      'bad.yaml:9:32: the key "k" is that of line 8 already.',
    ],
    /sparkq queue list\n.*\n.*\n {2}edit bad\.yaml; nothing was queued$/,
  ],
  [
    ['--from', 'bad.md'],
    2,
    ['bad.md:1:1: a task has no "tol". Did you mean "tool"?', 'bad.md:2:1: this box says nothing.'],
    /edit bad\.md/,
  ],
  [['--from', 'heading.md'], 2, ['heading.md:3:1: There is no queue "wbe".'], /sparkq queue list/],
  [['--from', 'good.md'], 2, ['1 task of good.md will be queued.'], /^ {2}add --yes to do it$/],
  [['--from', 'good.md', '-q', 'x', '--yes'], 2, ['good.md:1:1: There is no queue "x".'], /queue list/],
  [['--from', 'none.md'], 2, ['--from: there is no file "none.md".'], /ls -l none\.md/],
  [['--from', '.', '--format', 'md'], 2, ['--from: "." cannot be read (EISDIR).'], /ls -l/],
  [['--from', 'x.sh'], 2, ['In what format is "x.sh"?'], /--format md\|yaml\|jsonl/],
  [['--from', '-'], 2, ['In what format is what comes from stdin?'], /--format md/, '- [ ] a\n'],
  [
    ['--from', '-', '--format', 'md'],
    2,
    ['There is no task in stdin; 1 list item without a box.'],
    /- \[ \] Fix/,
    '- a\n',
  ],
  [['--from', '-', '--format', 'markdown'], 2, ['There is no format "markdown".'], /--format md/],
  [
    ['--from', 'good.md', '-c', 'x'],
    2,
    ['Either --from or -c: a plan says itself what its tasks do.'],
    /help enqueue/,
  ],
  [
    ['--from', 'good.md', '--key', 'x'],
    2,
    ['Either --from or --key: a plan says itself what its tasks do.'],
    /--once/,
  ],
  [
    ['a', 'b', '--from', 'good.md'],
    2,
    ['Either --from or a prompt: a plan says itself what its tasks do.'],
    /help/,
  ],
  [
    ['a', '-q', 'b', '--from', 'good.md'],
    2,
    ['The lane is named twice, or the prompt is not in quotes.'],
    /add NAME/,
  ],
  [['-c', 'x', '--once'], 2, ['--once is for a plan: name it with --from.'], /help enqueue/],
  [['-c', 'x', '--dry-run'], 2, ['--dry-run is for a plan: name it with --from.'], /help enqueue/],
]

describe('a plan with a mistake', () => {
  test('one cause is told once, with the lines that it concerns', async t => {
    const at = await site(t, { 'p.md': '- [ ] One\n- [ ] Two\n- [ ] Three\n- [ ] Four\n- [ ] Five\n' })
    await at.core.createQueue({ session_id: 'default', name: 'bare' })
    const { stderr, code } = await at.sparkq(['enqueue', '-q', 'bare', '--from', 'p.md', '--yes'])
    assert.equal(code, 2)
    assert.match(stderr, /^p\.md:1:\d+: Which tool\?.* \(and on lines 2, 3, 4 … 5 in all\)$/m)
    assert.equal(stderr.match(/Which tool/g)?.length, 1)
  })

  test('is refused with the place of each, and nothing of it is queued', async t => {
    const at = await site(t, {
      'bad.yaml': `lane: defualt
at: "25:00"
tasks:
  - command: x
  - script: y.sh
    lane: default
    in: 5m
  - {prompt: x, lane: default, tool: llm-sonet, in: 5m, key: k}
  - {prompt: x, lane: default, key: k, in: 5m}
`,
      'bad.md': '- [ ] a {tol=x}\n- [ ]\n- [ ] fine\n',
      'heading.md': '- [ ] a\n\n# lane: wbe\n- [ ] b\n',
      'good.md': '- [ ] a\n',
      'x.sh': script,
    })
    const before = await snapshot(at.core)
    for (const [args, exit, said, next, input] of mistakes) {
      const { stdout, stderr, code } = await at.sparkq(
        ['enqueue', ...args],
        input === undefined ? {} : { input },
      )
      const lines = linesWithoutAgents(stderr).trimEnd().split('\n')
      assert.deepEqual([stdout, code], ['', exit], `${args.join(' ')}\n${stderr}`)
      assert.deepEqual(lines.slice(0, said.length), said)
      assert.match(lines.slice(said.length).join('\n'), next)
    }
    assert.deepEqual(await snapshot(at.core), before)
  })

  test('with many of them names the first twenty', async t => {
    const at = await site(t, {
      'p.md': Array.from({ length: 30 }, (_, i) => `- [ ] \`x${i}.sh\``).join('\n'),
    })
    const { stderr } = await at.sparkq(['add', '--from', 'p.md', '--yes'])
    const lines = stderr.split('\n')
    assert.match(lines[19] ?? '', /^p\.md:20:1: There is no script "x19\.sh"/)
    assert.equal(lines[20], '… and 10 more.')
  })

  test('with too many tasks is refused whole', async t => {
    const at = await site(t, { 'p.jsonl': '{"command": "x"}\n'.repeat(10_001) })
    const { stderr, code } = await at.sparkq(['add', '--from', 'p.jsonl', '--yes'])
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^p\.jsonl has 10001 tasks: at most 10000 can be queued at once, all of them or none\.\n/,
    )
  })
})
