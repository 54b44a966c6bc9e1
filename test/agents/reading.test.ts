import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agentOf } from '../../src/agents/agents.ts'
import { createLines } from '../../src/agents/lines.ts'
import { type AgentName, AgentReport, agentNames } from '../../src/contract/agents.ts'
import { findErrors } from '../../src/contract/validate.ts'
import { readRecording, recorded } from './recordings.ts'

const exit = { code: 0, signal: null }

function read(
  agent: AgentName,
  lines: string[],
  ended = exit as { code: number | null; signal: string | null },
  stderr = '',
) {
  const reader = agentOf(agent).read()
  for (const line of lines) reader.line(line)
  return { ...reader.report(ended, stderr), hasResult: reader.hasResult }
}

/** Texts that look like events, and are none: fields of every type, in every order. */
const anyEvent = (() => {
  const events = recorded
    .flatMap(name => readRecording(name).stdout.split('\n'))
    .filter(line => line[0] === '{')
  const names = new Set<string>(['type', 'subtype', 'item', 'message', 'error', 'usage', 'result'])
  const types = new Set<string>()
  for (const line of events.slice(0, 400)) {
    const event = JSON.parse(line) as Record<string, unknown>
    for (const [name, value] of Object.entries(event)) {
      names.add(name)
      if ((name === 'type' || name === 'subtype') && typeof value === 'string') types.add(value)
    }
  }
  const value = fc.oneof(
    fc.constantFrom(...types),
    fc.jsonValue(),
    fc.constantFrom('constructor', '__proto__'),
  )
  const event = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(value, fc.dictionary(fc.constantFrom(...names), value)),
  )
  return {
    lines: fc.array(
      fc.oneof(
        event.map(it => JSON.stringify(it)),
        fc.constantFrom(...events),
        fc.string(),
      ),
    ),
  }
})()

test('no line makes a reader throw, and what it reports is always valid', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...agentNames),
      anyEvent.lines,
      fc.option(fc.integer({ min: 0, max: 255 })),
      fc.string(),
      (agent, lines, code, stderr) => {
        const { report, detail } = read(
          agent,
          lines,
          { code, signal: code === null ? 'SIGKILL' : null },
          stderr,
        )
        assert.deepEqual(findErrors(AgentReport, report), [])
        assert.notEqual(detail, '')
      },
    ),
    { numRuns: 400 },
  )
})

test('bytes make the same lines however they come', () => {
  const bytes = Buffer.from(recorded.map(name => readRecording(name).stdout).join('naïve 🚀\r\n\n'))
  const whole = bytes
    .toString()
    .split('\n')
    .map(line => line.replace(/\r$/, ''))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), sizes => {
      const lines = createLines()
      const got: string[] = []
      let at = 0
      for (let turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] as number
        got.push(...lines.write(bytes.subarray(at, at + size)))
        at += size
      }
      assert.deepEqual([...got, ...lines.end()], whole.at(-1) === '' ? whole.slice(0, -1) : whole)
    }),
    { numRuns: 30 },
  )
})

test('of a line that is too long the beginning is kept, in whatever pieces it comes', () => {
  for (const piece of [1, 7, 1000, 20_000, 50_000]) {
    const lines = createLines(8000)
    const bytes = Buffer.from(`before\n${'x'.repeat(20_000)}\r\n\nnext\n`)
    const got: string[] = []
    for (let at = 0; at < bytes.length; at += piece) got.push(...lines.write(bytes.subarray(at, at + piece)))
    assert.deepEqual(got, ['before', `${'x'.repeat(4096)} … 20 KB in one line`, '', 'next'])
  }
})

test('an agent that prints nothing, garbage or half an event has no result', () => {
  for (const agent of agentNames) {
    assert.equal(read(agent, []).report.outcome, 'no_result')
    assert.match(read(agent, []).detail, /without a result: it printed nothing$/)
    const garbage = read(agent, ['\x1b]0;x\x07', '[1,2]', 'null', '{"type":"res', '"type"'])
    assert.equal(garbage.report.outcome, 'no_result')
    assert.match(garbage.detail, /it printed 5 lines, and no event$/)
  }
})

test('an error of the shell that cannot start it is misuse, a signal is not', () => {
  const missing = read('claude', [], { code: 127, signal: null }, 'bash: claude: command not found\n')
  assert.equal(missing.report.outcome, 'misuse')
  assert.equal(missing.detail, 'bash: claude: command not found')
  assert.equal(read('claude', [], { code: null, signal: 'SIGKILL' }, 'x').report.outcome, 'killed')
})

const claudeLine = (event: object) => JSON.stringify(event)
const result = { type: 'result', subtype: 'success', is_error: false, result: 'all good', num_turns: 1 }
const call = (id: string, command: string) =>
  claudeLine({
    type: 'assistant',
    message: { content: [{ type: 'tool_use', id, name: 'Bash', input: { command } }] },
  })
const done = (id: string, is_error = false) =>
  claudeLine({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id, is_error }] } })
const denial = (id: string) => claudeLine({ type: 'system', subtype: 'permission_denied', tool_use_id: id })

test('a good result stands however the process ended', () => {
  const { report, answer, warnings } = read('claude', [claudeLine(result)], { code: null, signal: 'SIGKILL' })
  assert.equal(report.outcome, 'ok')
  assert.equal(answer, 'all good')
  assert.deepEqual(warnings, ['Claude Code was stopped by SIGKILL after its result'])
})

test('denied tools are a warning when another one succeeded after them', () => {
  const before = [call('1', 'npm i'), denial('1'), done('1', true)]
  const well = read('claude', [...before, call('2', 'ls'), done('2'), claudeLine(result)])
  assert.equal(well.report.outcome, 'ok')
  assert.deepEqual(well.warnings, ['1 tool call denied: Bash (npm i)'])
  assert.deepEqual(well.report.denied, [{ tool: 'Bash', detail: 'npm i' }])
  const badly = read('claude', [call('2', 'ls'), done('2'), ...before, claudeLine(result)])
  assert.equal(badly.report.outcome, 'denied')
})

test('a turn that begins after a result takes it back until the next one', () => {
  const reader = agentOf('claude').read()
  reader.line(claudeLine(result))
  assert.equal(reader.hasResult, true)
  reader.line(claudeLine({ type: 'system', subtype: 'task_updated' }))
  assert.equal(reader.hasResult, true)
  reader.line(claudeLine({ type: 'system', subtype: 'init' }))
  assert.equal(reader.hasResult, false)
  reader.line(claudeLine({ ...result, result: 'more', origin: { kind: 'task-notification' } }))
  assert.equal(reader.hasResult, true)
  assert.equal(reader.report(exit, '').answer, 'all good')
})

test('codex waits for its network from the first time that it says so', () => {
  let at = 1000
  const reader = agentOf('codex').read({ now: () => at })
  const waiting = '{"message":"Reconnecting... waiting for network (Connection failed)","type":"error"}'
  reader.line(waiting)
  at = 5000
  reader.line(waiting)
  assert.equal(reader.waitsForNetworkSince, 1000)
  reader.line('{"type":"item.completed","item":{"type":"agent_message","text":"back"}}')
  assert.equal(reader.waitsForNetworkSince, null)
})

test('codex that begins another conversation than it should go on with says so', () => {
  const reader = agentOf('codex').read({ resumed: 'a' })
  for (const line of readRecording('codex-resume-notuuid').stdout.split('\n')) reader.line(line)
  assert.deepEqual(reader.report(exit, '').warnings, ['Codex began a new conversation: it did not find a'])
})

test('input tokens of claude are counted with those of its cache', () => {
  const modelUsage = {
    a: { inputTokens: 10, cacheReadInputTokens: 200, cacheCreationInputTokens: 30, outputTokens: 4 },
    b: { inputTokens: 1, outputTokens: 2 },
  }
  const { report } = read('claude', [claudeLine({ ...result, modelUsage, total_cost_usd: 0.5 })])
  assert.deepEqual(report.total, {
    input_tokens: 241,
    cached_input_tokens: 200,
    output_tokens: 6,
    cost_usd: 0.5,
  })
  assert.equal(report.total_of, 'conversation')
})

test('claude that is told to slow down has reached no limit', () => {
  const busy = { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', isUsingOverage: false } }
  const made = { type: 'assistant', error: 'rate_limit', api_error_status: 429, message: { content: [] } }
  const failed = {
    ...result,
    is_error: true,
    result: 'Server is temporarily limiting requests',
    api_error_status: 429,
  }
  const { report } = read('claude', [busy, made, failed].map(claudeLine), { code: 1, signal: null })
  assert.equal(report.outcome, 'overload')
  assert.equal(report.limit, undefined)
})
