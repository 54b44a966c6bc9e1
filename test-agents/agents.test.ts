import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { type FakeModel, startFakeModel } from './fake/model.ts'
import { makePerson } from './person.ts'

/** Runs an agent by itself, without SparkQ, on a prompt. */
type Run = (prompt: string, ...more: string[]) => Promise<{ code: number | null; events: Event[] }>
// biome-ignore lint/suspicious/noExplicitAny: events are the agent's
type Event = any

async function open(t: TestContext): Promise<{ model: FakeModel; claude: Run; codex: Run }> {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sparkq-agents-')))
  const model = await startFakeModel()
  t.after(async () => {
    await model.close()
    fs.rmSync(base, { recursive: true, force: true, maxRetries: 5 })
    assert.deepEqual({ outside: model.outside, errors: model.errors }, { outside: [], errors: [] })
  })
  const env = { ...makePerson(base, model.url), CLAUDE_CODE_MAX_RETRIES: '1' }
  fs.mkdirSync(path.join(base, 'project'))
  const run = async (program: string, words: string[], prompt: string) => {
    const child = spawn(program, words, {
      ...{ cwd: path.join(base, 'project'), env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.end(prompt)
    const output = child.stdout.setEncoding('utf8').toArray()
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    const lines = (await output).join('').trim().split('\n')
    return { code, events: lines.map(line => JSON.parse(line) as Event) }
  }
  const claude = ['-p', '--output-format', 'stream-json', '--verbose', '--allowedTools', 'Bash']
  const codex = ['exec', '--json', '--skip-git-repo-check', '-s', 'workspace-write', '-']
  return {
    model,
    claude: (prompt, ...more) => run('claude', [...claude, ...more], prompt),
    codex: (prompt, ...more) => run('codex', [...codex, ...more], prompt),
  }
}

const steps = '@shell echo new > notes.txt; cat notes.txt\n@say written'

test('Claude Code does what the fake model says', async t => {
  const { model, claude } = await open(t)
  const { code, events } = await claude(steps)
  const result = events.at(-1)
  assert.deepEqual([code, result.is_error, result.result, result.num_turns], [0, false, 'written', 2])
  assert.deepEqual([result.usage.input_tokens, result.usage.output_tokens], [200, 40])
  assert.ok(result.total_cost_usd > 0)
  const [asked] = model.asked
  assert.equal(asked?.session, result.session_id)
  const resumed = await claude('@say again', '--resume', result.session_id)
  assert.deepEqual([resumed.code, resumed.events.at(-1).session_id], [0, result.session_id])
  assert.ok(model.asked.at(-1)?.texts.includes(steps))
})

test('Claude Code tells of limits, and of a login that is gone', async t => {
  const { model, claude } = await open(t)
  const limited = await claude('@limit 600\n@say later')
  const told = limited.events.find(event => event.type === 'rate_limit_event')?.rate_limit_info
  assert.deepEqual([limited.code, told.status, told.rateLimitType], [1, 'rejected', 'five_hour'])
  const [asked] = model.asked
  assert.ok(asked?.move.kind === 'fault' && asked.move.fault.kind === 'limit')
  assert.equal(told.resetsAt, asked.move.fault.resetsAt)
  assert.match(limited.events.at(-1).result, /5-hour limit/)
  model.mend('claude')
  const { events } = await claude('@logout')
  const fault = events.find(event => event.type === 'assistant' && event.error)
  assert.equal(fault.error, 'authentication_failed')
})

test('Codex does what the fake model says', async t => {
  const { model, codex } = await open(t)
  const { code, events } = await codex(steps)
  const items = events.flatMap(event => (event.type === 'item.completed' ? [event.item] : []))
  assert.equal(code, 0)
  assert.equal(items.find(item => item.type === 'command_execution')?.aggregated_output, 'new\n')
  assert.equal(items.at(-1).text, 'written')
  assert.deepEqual([events.at(-1).usage.input_tokens, events.at(-1).usage.output_tokens], [200, 40])
  assert.equal(model.asked[0]?.session, events[0].thread_id)
})

test('Codex tells of limits, and of a login that is gone', async t => {
  const { model, codex } = await open(t)
  const said = async (prompt: string) => {
    const { code, events } = await codex(prompt)
    return `${code} ${events.at(-1).error?.message}`
  }
  assert.match(await said('@limit 600 weekly'), /^1 You’ve hit your usage limit/)
  model.mend('codex')
  assert.match(await said('@no-credit'), /^1 Quota exceeded/)
  assert.match(await said('@logout'), /^1 unexpected status 401 Unauthorized/)
})
