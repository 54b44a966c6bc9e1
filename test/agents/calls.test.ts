import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentSettings } from '../../src/agents/agent.ts'
import { agentOf } from '../../src/agents/agents.ts'
import { agentEnvironment } from '../../src/agents/environment.ts'
import type { AgentName } from '../../src/contract/agents.ts'

const none: AgentSettings = {
  model: null,
  args: [],
  permission_mode: null,
  max_turns: null,
  max_budget_usd: null,
}
const id = '3b064f8c-1248-4f86-8d85-8cc9789c4467'

const argv = (
  agent: AgentName,
  settings: Partial<AgentSettings>,
  session = { id: null as string | null, resume: false },
) =>
  agentOf(agent)
    .plan({ settings: { ...none, ...settings }, session, cwd: '/' })
    .argv.join(' ')

test('claude is called for events, with what the tool says, its options last', () => {
  const begin = 'claude -p --output-format stream-json --verbose'
  assert.equal(argv('claude', {}), `${begin} --permission-mode acceptEdits`)
  assert.equal(
    argv('claude', {
      model: 'haiku',
      permission_mode: 'dontAsk',
      max_turns: 5,
      max_budget_usd: 0.5,
      args: ['--allowedTools', 'Bash'],
    }),
    `${begin} --permission-mode dontAsk --model haiku --max-turns 5 --max-budget-usd 0.5 --allowedTools Bash`,
  )
})

test('claude begins the conversation that it is told, or goes on with it', () => {
  assert.match(argv('claude', {}, { id, resume: false }), new RegExp(` --session-id ${id} `))
  assert.match(argv('claude', {}, { id, resume: true }), new RegExp(` --resume ${id} `))
})

test('codex takes its prompt from stdin, and the sandbox before resume', () => {
  assert.equal(argv('codex', {}), 'codex exec --json --skip-git-repo-check -s workspace-write -')
  assert.equal(
    argv(
      'codex',
      { model: 'gpt-5', permission_mode: 'read-only', args: ['-i', 'a.png'] },
      { id, resume: true },
    ),
    `codex exec -i a.png --json --skip-git-repo-check -s read-only -m gpt-5 resume ${id} -`,
  )
  assert.doesNotMatch(argv('codex', {}, { id, resume: false }), /resume|3b064f8c/)
})

test('gemini is told of its session, its mode and that the folder is trusted', () => {
  assert.equal(
    argv('gemini', { model: 'flash', args: ['--policy', 'p.toml'] }, { id, resume: false }),
    `gemini --output-format stream-json --skip-trust --approval-mode auto_edit --model flash --session-id ${id} --policy p.toml`,
  )
  assert.match(argv('gemini', {}, { id, resume: true }), new RegExp(` --resume ${id}$`))
})

test('an agent gets no API key and nothing of the agent that we run in, unless the tool says so', () => {
  const { env: plan } = agentOf('claude').plan({
    settings: none,
    session: { id: null, resume: false },
    cwd: '/',
  })
  const env = {
    PATH: '/bin',
    CLAUDECODE: '1',
    ANTHROPIC_API_KEY: 'k',
    CLAUDE_CODE_MAX_RETRIES: '9',
    HOME: '/h',
  }
  const common = {
    PATH: '/bin',
    HOME: '/h',
    CLAUDE_CODE_MAX_RETRIES: '9',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  }
  assert.deepEqual(agentEnvironment(env, { plan, use_api_key: false }), common)
  assert.deepEqual(agentEnvironment(env, { plan, use_api_key: true }), { ...common, ANTHROPIC_API_KEY: 'k' })
})
