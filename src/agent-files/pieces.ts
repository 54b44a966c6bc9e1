import type { AgentName } from '../contract/agents.ts'
import { shellWord } from '../contract/shell-word.ts'
import { agentsSkill, claudeStop, claudeWork, geminiWork } from './texts.ts'

/**
 * Something of ours in a file of an assistant: a value in JSON (with `append`: an element of the array there), a table of
 * TOML, or a whole file.
 */
export type Piece = { file: string } & (
  | { kind: 'json'; way: string[]; value: unknown; append?: true }
  | { kind: 'toml'; table: string[]; body: string }
  | { kind: 'file'; text: string }
)

export type Scope = 'project' | 'user'

/** Where things lie, and how this very program is started: a program and its first arguments. */
export type Place = { root: string; home: string; codexHome: string; sparkq: readonly string[] }

/** Where each is told of SparkQ when nobody says where. Codex reads the file of a project only once that is trusted. */
export const usualScope: Record<AgentName, Scope> = { claude: 'project', codex: 'user', gemini: 'project' }

/** What `sparkq agent install` writes. */
export function piecesOf(agent: AgentName, scope: Scope, place: Place): Piece[] {
  return { claude, codex, gemini }[agent](scope, place)
}

/** What each variable says where one is set: a server elsewhere, another file, and what a runner tells its agent. */
const passedOn = [
  'SPARKQ_URL',
  'SPARKQ_TOKEN',
  'SPARKQ_CONFIG',
  'SPARKQ_TASK',
  'SPARKQ_ATTEMPT',
  'SPARKQ_MARK',
]

/**
 * The hooks wait long in one place only: `wait` holds on while the chat is idle, at most a week.
 * https://code.claude.com/docs/en/hooks
 */
const weekSeconds = 604_800

function claude(scope: Scope, { root, home, sparkq }: Place): Piece[] {
  const isUser = scope === 'user'
  const base = isUser ? `${home}/.claude` : `${root}/.claude`
  const settings = isUser ? `${base}/settings.json` : `${base}/settings.local.json`
  const hook = (event: string, more: object = {}) => ({
    type: 'command',
    command: [...sparkq, 'hook', 'claude', event].map(shellWord).join(' '),
    ...more,
  })
  const hooks = {
    UserPromptSubmit: [hook('prompt', { timeout: 20 })],
    Stop: [hook('stop', { timeout: 30 }), hook('wait', { asyncRewake: true, timeout: weekSeconds })],
    SessionStart: [hook('session-start', { timeout: 20 })],
    SessionEnd: [hook('session-end', { timeout: 10 })],
  }
  const [command, ...args] = sparkq
  return [
    {
      kind: 'json',
      file: isUser ? `${home}/.claude.json` : `${root}/.mcp.json`,
      way: ['mcpServers', 'sparkq'],
      value: { type: 'stdio', command, args: [...args, 'mcp'], alwaysLoad: true },
    },
    // Without it Claude asks first whether the servers of a project are wanted, and `claude -p` starts none.
    ...(isUser ? [] : [element(settings, ['enabledMcpjsonServers'], 'sparkq')]),
    element(settings, ['permissions', 'allow'], 'mcp__sparkq'),
    ...Object.entries(hooks).map(([event, list]) => element(settings, ['hooks', event], { hooks: list })),
    { kind: 'file', file: `${base}/commands/sparkq/work.md`, text: claudeWork },
    { kind: 'file', file: `${base}/commands/sparkq/stop.md`, text: claudeStop },
  ]
}

const element = (file: string, way: string[], value: unknown): Piece => ({
  kind: 'json',
  ...{ file, way, value },
  append: true,
})

/** https://developers.openai.com/codex/config-reference; without the mode it refuses every call where nobody can be asked. */
function codex(scope: Scope, { root, home, codexHome, sparkq }: Place): Piece[] {
  const isUser = scope === 'user'
  const [command, ...args] = sparkq
  const body = [
    `command = ${JSON.stringify(command)}`,
    `args = ${JSON.stringify([...args, 'mcp'])}`,
    `env_vars = ${JSON.stringify(passedOn)}`,
    'default_tools_approval_mode = "approve"',
    'tool_timeout_sec = 120',
    '',
  ].join('\n')
  return [
    {
      kind: 'toml',
      file: isUser ? `${codexHome}/config.toml` : `${root}/.codex/config.toml`,
      table: ['mcp_servers', 'sparkq'],
      body,
    },
    {
      kind: 'file',
      file: `${isUser ? home : root}/.agents/skills/sparkq-work/SKILL.md`,
      text: agentsSkill,
    },
  ]
}

/** https://geminicli.com/docs/reference/configuration */
function gemini(scope: Scope, { root, home, sparkq }: Place): Piece[] {
  const base = scope === 'user' ? `${home}/.gemini` : `${root}/.gemini`
  const [command, ...args] = sparkq
  return [
    {
      kind: 'json',
      file: `${base}/settings.json`,
      way: ['mcpServers', 'sparkq'],
      value: { command, args: [...args, 'mcp'], timeout: 600_000, trust: true },
    },
    { kind: 'file', file: `${base}/commands/sparkq/work.toml`, text: geminiWork },
  ]
}
