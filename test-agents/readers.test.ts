import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import type { AgentResult, AgentSettings } from '../src/agents/agent.ts'
import { agentOf } from '../src/agents/agents.ts'
import { type AgentName, type AgentOutcome, agentNames } from '../src/contract/agents.ts'
import { type FakeModel, startFakeModel } from './fake/model.ts'
import { makePerson } from './person.ts'

type Case = {
  prompt: string
  settings?: Partial<AgentSettings>
  /** Resumes a conversation that nobody has begun. */
  lost?: true
  /** Ends it as soon as it says something. */
  killed?: true
}

const cases: Record<AgentName, Partial<Record<AgentOutcome, Case[]>>> = {
  claude: {
    ok: [{ prompt: '@shell touch a.txt\n@say done' }, { prompt: '@overload 2\n@say done' }],
    denied: [{ prompt: '@shell node -e 1\n@say it cannot be done' }],
    empty: [{ prompt: '@silence' }],
    usage_limit: [{ prompt: '@limit 600' }, { prompt: '@limit 900 weekly' }],
    overload: [{ prompt: '@overload' }, { prompt: '@status 500' }, { prompt: '@rate' }],
    network: [{ prompt: '@cut' }],
    auth: [{ prompt: '@logout' }],
    billing: [{ prompt: '@no-credit' }],
    max_turns: [{ prompt: '@shell echo 1\n@shell echo 2\n@say done', settings: { max_turns: 1 } }],
    max_budget: [{ prompt: '@shell echo 1\n@say done', settings: { max_budget_usd: 0.000001 } }],
    lost_conversation: [{ prompt: '@say done', lost: true }],
    full_conversation: [{ prompt: '@too-long' }],
    refused: [{ prompt: '@refuse' }],
    unknown_model: [{ prompt: '@no-model' }],
    misuse: [{ prompt: '@say done', settings: { args: ['--no-such-option'] } }],
    killed: [{ prompt: '@slow 60', killed: true }],
  },
  codex: {
    ok: [{ prompt: '@shell touch a.txt\n@say done' }, { prompt: '@cut 1\n@say done' }],
    empty: [{ prompt: '@silence' }],
    usage_limit: [{ prompt: '@limit 600' }, { prompt: '@limit 900 weekly' }],
    overload: [{ prompt: '@overload' }, { prompt: '@status 500' }, { prompt: '@rate' }],
    network: [{ prompt: '@cut' }],
    auth: [{ prompt: '@logout' }],
    billing: [{ prompt: '@no-credit' }],
    lost_conversation: [{ prompt: '@say done', lost: true }],
    full_conversation: [{ prompt: '@too-long' }],
    unknown_model: [{ prompt: '@no-model' }],
    misuse: [{ prompt: '@say done', settings: { args: ['--no-such-option'] } }],
    killed: [{ prompt: '@slow 60', killed: true }],
  },
  gemini: {
    ok: [{ prompt: '@shell echo hi\n@say done', settings: { permission_mode: 'yolo' } }],
    usage_limit: [{ prompt: '@limit 600' }],
    auth: [{ prompt: '@logout' }],
    lost_conversation: [{ prompt: '@say done', lost: true }],
    killed: [{ prompt: '@slow 60', killed: true }],
  },
}

for (const agent of agentNames)
  for (const [outcome, each] of Object.entries(cases[agent]))
    for (const it of each)
      test(`${agent} ${outcome}: ${JSON.stringify(it)}`, async t => {
        const { model, env, cwd } = open(t, await startFakeModel())
        const result = await run(agent, it, { env, cwd })
        assert.equal(result.report.outcome, outcome, JSON.stringify(result))
        assert.notEqual(result.detail.trim(), '')
        // Gemini does not say when.
        if (outcome !== 'usage_limit' || agent === 'gemini') return
        const [asked] = model.asked
        assert.ok(asked?.move.kind === 'fault' && asked.move.fault.kind === 'limit')
        const { session_id } = result.report
        const reset = agentOf(agent).resetFrom?.(session_id ?? '', env) ?? {
          resets_at: result.report.resets_at,
          limit: result.report.limit,
        }
        assert.equal(Date.parse(reset.resets_at ?? ''), asked.move.fault.resetsAt * 1000)
        assert.equal(reset.limit, asked.move.fault.window)
      })

function open(t: TestContext, model: FakeModel) {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sparkq-agents-')))
  t.after(async () => {
    await model.close()
    fs.rmSync(base, { recursive: true, force: true, maxRetries: 5 })
    assert.deepEqual({ outside: model.outside, errors: model.errors }, { outside: [], errors: [] })
  })
  const env = makePerson(base, model.url)
  const cwd = path.join(base, 'project')
  fs.mkdirSync(cwd)
  return { model, env, cwd }
}

async function run(
  name: AgentName,
  { prompt, settings = {}, lost, killed }: Case,
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<AgentResult> {
  const agent = agentOf(name)
  const session = { id: lost ? randomUUID() : null, resume: lost === true }
  const none = { model: null, args: [], permission_mode: null, max_turns: null, max_budget_usd: null }
  const { argv, env: more } = agent.plan({ settings: { ...none, ...settings }, session, cwd })
  const reader = agent.read({ resumed: session.id })
  const child = spawn(argv[0] as string, argv.slice(1), { cwd, env: { ...more, ...env }, detached: true })
  child.stdin.on('error', () => {})
  child.stdin.end(prompt)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  createInterface({ input: child.stdout }).on('line', line => {
    reader.line(line)
    if (killed) process.kill(-(child.pid as number), 'SIGTERM')
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(reader.report({ code, signal }, stderr)))
  })
}
