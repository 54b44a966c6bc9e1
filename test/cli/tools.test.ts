import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Site, site, snapshot } from './run-cli.ts'

async function ok({ sparkq }: Site, ...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await sparkq(args)
  assert.equal(code, 0, stderr)
  return stdout
}

describe('tools and classes', { concurrency: 2 }, () => {
  test('a tool is created, shown, used, changed and deleted', async t => {
    const at = await site(t)
    assert.equal(
      await ok(at, 'tools', 'create', 'mine', '--class', 'LLM_LITE', '--timeout', '60', '--', 'cat', '-n'),
      'Added tool "mine" · its tasks are run by runners, as cat -n\n',
    )
    assert.match(await ok(at, 'tools'), /^ {2}mine +LLM_LITE +1 min +user +cat -n$/m)
    const shown = await ok(at, 'tools', 'show', 'mine')
    assert.match(
      shown,
      /^mine\n {2}class +LLM_LITE\n {2}timeout +1 min\n {2}source +user\n {2}run by +runners, as/,
    )
    const queued = await at.sparkq(['enqueue', '-q', 'default', '-t', 'mine', 'say this'])
    assert.match(queued.stdout, /nothing runs this lane/)
    await ok(at, 'runner', '-q', 'default')
    assert.match(await ok(at, 'logs', 'DEFAULT-1'), /1\tsay this/)
    assert.equal(
      await ok(at, 'tools', 'edit', 'mine', '--no-timeout', '--description', 'Mine'),
      'Changed tool "mine"\n',
    )
    await ok(at, 'tools', 'edit', 'mine', '--', 'tac')
    assert.deepEqual((await at.core.getTool({ name: 'mine' })).tool.command, ['tac'])
    await ok(at, 'tools', 'edit', 'mine', '--no-command', '--class', 'FAST_SCRIPT')
    const json = JSON.parse(await ok(at, 'tools', 'show', 'mine', '--json'))
    assert.deepEqual(json, await at.core.getTool({ name: 'mine' }))
    assert.deepEqual([json.tool.command, json.tool.timeout, json.tool.kind], [null, null, 'other'])
    const waiting = await at.sparkq(['enqueue', '-q', 'default', '-t', 'mine', 'say this'])
    assert.match(waiting.stdout, /for a worker to claim/)
    const used = await at.sparkq(['tools', 'delete', 'mine'])
    assert.deepEqual([used.code, /in use: DEFAULT-2 is for it/.test(used.stderr)], [4, true])
    await ok(at, 'cancel', 'DEFAULT-2')
    assert.equal(await ok(at, 'tools', 'delete', 'mine'), 'Deleted tool "mine"\n')
  })

  test('a tool is an agent, with what it is told, until it is told no more', async t => {
    const at = await site(t)
    const told = ['--model', 'opus', '--permission-mode', 'plan', '--max-turns', '5', '--max-budget', '2.5']
    assert.equal(
      await ok(at, 'tools', 'create', 'careful', '--class', 'LLM_LITE', '--agent', 'claude', ...told),
      'Added tool "careful" · its tasks are run by runners, by Claude Code, model opus, permission mode plan, at most 5 turns, at most $2.50\n',
    )
    assert.match(await ok(at, 'tools'), /^ {2}careful +LLM_LITE +user +Claude Code, model opus/m)
    await ok(at, 'tools', 'edit', 'careful', '--arg=--verbose', '--arg', 'x y', '--api-key')
    assert.match(
      await ok(at, 'tools', 'show', 'careful'),
      /, with --verbose 'x y', billed to the API key of the environment$/m,
    )
    await ok(at, 'tools', 'edit', 'careful', '--reset', 'args', '--reset', 'max-turns', '--reset', 'api-key')
    const { tool } = await at.core.getTool({ name: 'careful' })
    assert.deepEqual([tool.args, tool.max_turns, tool.use_api_key, tool.model], [[], null, false, 'opus'])
    await ok(at, 'tools', 'edit', 'careful', '--agent', 'codex')
    assert.deepEqual((await at.core.getTool({ name: 'careful' })).tool.model, null)
    await ok(at, 'tools', 'edit', 'careful', '--', 'cat')
    assert.equal((await at.core.getTool({ name: 'careful' })).tool.agent, null)
    await ok(at, 'tools', 'edit', 'careful', '--agent', 'gemini')
    await ok(at, 'tools', 'edit', 'careful', '--no-agent')
    assert.match(await ok(at, 'tools', 'show', 'careful'), /workers that claim them/)
  })

  test('a stored prompt goes to a tool with a command as to any agent', async t => {
    const at = await site(t)
    await at.core.createTool({ name: 'mine', task_class: 'LLM_LITE', command: ['cat'] })
    await at.core.createPrompt({ command: 'greet', template: 'Greet {{who}}' })
    await ok(at, 'enqueue', '-q', 'default', '-t', 'mine', '--prompt', 'greet', '--var', 'who=Ann')
    const payload = (await at.core.getTask({ id: 'DEFAULT-1' })).task.payload
    assert.deepEqual(payload, { prompt: 'Greet Ann' })
  })

  test('what sparkq.yml has is changed by a copy, hidden and brought back', async t => {
    const at = await site(t)
    assert.match(await ok(at, 'tools', 'edit', 'run-bash', '--timeout', '5'), /your own copy now goes before/)
    assert.match(await ok(at, 'tools', 'delete', 'run-bash'), /the one of sparkq\.yml counts again/)
    const hidden = await at.sparkq(['tools', 'delete', 'llm-codex'])
    assert.deepEqual(hidden.stdout, 'Deleted tool "llm-codex"\n')
    assert.match(hidden.stderr, /sparkq tools edit llm-codex --restore/)
    assert.doesNotMatch(await ok(at, 'tools', 'list'), /llm-codex/)
    assert.match(await ok(at, 'tools', 'list', '--hidden'), /llm-codex +LLM_HEAVY +deleted here/)
    assert.equal(await ok(at, 'tools', 'edit', 'llm-codex', '--restore'), 'Tool "llm-codex" is back · file\n')

    assert.match(
      await ok(at, 'classes', 'edit', 'FAST_SCRIPT', '--timeout', '5'),
      /copy now goes before .* · 5 s/,
    )
    assert.match(await ok(at, 'classes', 'delete', 'FAST_SCRIPT'), /counts again/)
    assert.equal(await ok(at, 'classes', 'delete', 'FAST_SCRIPT'), 'Deleted task class "FAST_SCRIPT"\n')
    assert.match(await ok(at, 'classes', '--hidden'), /FAST_SCRIPT +2 min +deleted here/)
    assert.match(await ok(at, 'classes', 'edit', 'FAST_SCRIPT', '--restore'), /is back · file · 2 min/)
  })

  test('a class is created, shown with its tools, changed and deleted', async t => {
    const at = await site(t)
    assert.equal(
      await ok(at, 'classes', 'create', 'NIGHT', '--timeout', '7200', '--description', 'Long'),
      'Added task class "NIGHT" · 2 h\n',
    )
    await ok(at, 'tools', 'create', 'mine', '--class', 'NIGHT')
    assert.equal(
      await ok(at, 'classes', 'show', 'NIGHT'),
      'NIGHT  Long\n  timeout   2 h\n  source    user\n  tools     mine\n',
    )
    const used = await at.sparkq(['classes', 'delete', 'NIGHT'])
    assert.deepEqual([used.code, /in use: mine has it/.test(used.stderr)], [4, true])
    const json = JSON.parse(await ok(at, 'classes', 'edit', 'NIGHT', '--description', '', '--json'))
    assert.equal(json.task_class.description, null)
    await ok(at, 'tools', 'delete', 'mine')
    assert.equal(await ok(at, 'classes', 'delete', 'NIGHT'), 'Deleted task class "NIGHT"\n')
  })

  const bad: [string[], number, RegExp][] = [
    [['tools', 'show', 'run-bsh'], 3, /no tool "run-bsh"\. Did you mean "run-bash"\?/],
    [['tools', 'create', 'x'], 2, /Which task class\?/],
    [['tools', 'create', 'x', '--class', 'NOPE'], 2, /no task class "NOPE"/],
    [['tools', 'create', 'a b', '--class', 'LLM_LITE'], 2, /name must be a text \(letters/],
    [['tools', 'create', 'run-bash', '--class', 'LLM_LITE'], 4, /a tool "run-bash" already/],
    [['tools', 'edit', 'run-bash'], 2, /What shall change of "run-bash"\?/],
    [['tools', 'edit', 'run-bash', '--', 'cat'], 2, /run-bash runs scripts/],
    [['tools', 'edit', 'run-bash', '--timeout', '0'], 2, /--timeout must be a whole number/],
    [['tools', 'edit', 'run-bash', '--timeout', '5', '--no-timeout'], 2, /not both/],
    [['tools', 'edit', 'llm-codex', '--no-command', '--', 'x'], 2, /not both/],
    [['tools', 'create', 'x', '--class', 'LLM_LITE', '--agent', 'claude', '--', 'cat'], 2, /not both/],
    [['tools', 'create', 'x', '--class', 'LLM_LITE', '--agent', 'clade'], 2, /claude/],
    [['tools', 'create', 'x', '--class', 'LLM_LITE', '--model', 'y'], 2, /for tools that have an agent/],
    [['tools', 'edit', 'llm-codex', '--max-turns', '5'], 2, /Codex knows no max_turns/],
    [['tools', 'edit', 'llm-codex', '--permission-mode', 'plan'], 2, /read-only, workspace-write and/],
    [['tools', 'edit', 'llm-codex', '--reset', 'modle'], 2, /none of model, args/],
    [['tools', 'edit', 'llm-codex', '--agent', 'claude', '--no-agent'], 2, /not both/],
    [['tools', 'delete', 'nope'], 3, /no tool "nope"/],
    [['tools', 'shwo', 'x'], 2, /Did you mean "tools show"/],
    [['classes', 'show', 'FAST'], 3, /Did you mean "FAST_SCRIPT"/],
    [['classes', 'create', 'X'], 2, /How long may its tasks take\?/],
    [['classes', 'create', 'fast_script', '--timeout', '5'], 4, /"FAST_SCRIPT" already/],
    [['classes', 'edit', 'FAST_SCRIPT'], 2, /What shall change/],
    [['classes', 'edit', 'NOPE', '--timeout', '5'], 3, /no task class "NOPE"/],
    [['classes', 'delete', 'MEDIUM_SCRIPT'], 4, /run-bash, run-python have it/],
  ]
  test('what cannot be is refused, says what to type next, and changes nothing', async t => {
    const at = await site(t)
    const before = await snapshot(at.core)
    for (const [args, exit, words] of bad) {
      const { code, stderr, stdout } = await at.sparkq(args)
      assert.deepEqual([code, stdout], [exit, ''], `${args.join(' ')}: ${stderr}`)
      assert.match(stderr, words)
      assert.match(stderr, /\n {2}\S/, `${args.join(' ')} says what to type next`)
    }
    assert.deepEqual(await snapshot(at.core), before)
  })
})
