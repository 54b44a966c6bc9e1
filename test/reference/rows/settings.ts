import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = { 'new.yml': 'limits:\n  max_running: 2\n', 'wrong.yml': 'limits:\n  max_runing: 2\n' }

const fileSays = (pattern: RegExp) => (at: Place) =>
  assert.match(fs.readFileSync(path.join(at.folder, 'sparkq.yml'), 'utf8'), pattern)
const valueIs = (name: string, value: unknown, source: string) => async (at: Place) => {
  const entry = (await at.core.listConfig()).config.find(it => it.name === name)
  assert.deepEqual([entry?.value, entry?.source], [value, source])
}
const toolIs = (name: string, some: object) => async (at: Place) =>
  assert.partialDeepStrictEqual((await at.core.getTool({ name })).tool, some)

/** They read and write the file of this machine: through a server they would be about another one. */
export const fileRows: readonly Row[] = [
  good('config set limits.max_running 4', {
    out: /^Set limits\.max_running to 4 in sparkq\.yml$/m,
    leaves: async at => {
      fileSays(/max_running: 4/)(at)
      await valueIs('limits.max_running', 4, 'file')(at)
    },
  }),
  good('config set limits.max_running 5 --json', { leaves: json({ entry: { value: 5, source: 'file' } }) }),
  bad(
    '<key>',
    'config set limits.max_runing 4',
    3,
    /^There is no setting "limits\.max_runing"\. Did you mean "limits\.max_running"\?$/,
    /sparkq config/,
  ),
  bad(
    '<value>',
    'config set limits.max_running many',
    2,
    /^limits\.max_running must be a whole number/,
    /sparkq config get limits\.max_running/,
  ),
  bad('<value>', 'config set tools.mine.timeout soon', 2, /tools\.mine/, /nothing was changed/),
  bad('<value>', 'config set limits.max_running', 2, /^"sparkq config set" needs a VALUE/),
  good('config unset limits.max_running', {
    out: /^Took limits\.max_running out of sparkq\.yml$/m,
    leaves: valueIs('limits.max_running', null, 'default'),
  }),
  bad(
    '<key>',
    'config unset limits.max_running',
    3,
    /^sparkq\.yml says nothing of limits\.max_running\.$/,
    /sparkq config/,
  ),
  good('config validate', { out: /^sparkq\.yml is valid$/m }),
  good('config validate new.yml --json', { leaves: json({ valid: true, errors: [] }) }),
  good('config validate -', { input: 'limits: {}\n', out: /^stdin is valid$/m }),
  bad(
    '<file>',
    'config validate wrong.yml',
    2,
    /^wrong\.yml:2:3: there is no setting "limits\.max_runing"/,
    /edit wrong\.yml/,
  ),
  bad('<file>', 'config validate none.yml', 2, /there is no file "none\.yml"/, /ls -l none\.yml/),
]

const config: readonly Row[] = [
  good('config', { out: [/^ *setting +value +source/m, /limits\.stop_grace +10 +file/] }),
  good('config --sources', { out: /^ *setting +default +file +override *$/m }),
  good('config --json', { out: /"name":"limits\.stop_grace"/ }),
  good('config get limits.stop_grace', { out: /^10\n$/ }),
  good('config get limits.stop_grace --json', { leaves: json({ entry: { source: 'file' } }) }),
  bad(
    '<key>',
    'config get limits.stop_grase',
    3,
    /^There is no setting "limits\.stop_grase"\. Did you mean "limits\.stop_grace"\?$/,
    /sparkq config/,
  ),

  good('config set limits.stop_grace 30 --override', {
    out: /^limits\.stop_grace is 30 now, whatever sparkq\.yml says$/m,
    leaves: valueIs('limits.stop_grace', 30, 'override'),
  }),
  good('config set limits.stop_grace 31 --override --json', {
    leaves: json({ entry: { value: 31, source: 'override' } }),
  }),
  bad(
    '--override',
    'config set tools.mine x --override',
    2,
    /^tools\.mine is no setting/,
    /sparkq tools edit/,
  ),
  good('config-export', { out: /stop_grace: 31/ }),
  good('config-export --json', { leaves: json({ limits: { stop_grace: 31 } }) }),
  bad('', 'config-export all', 2, /^"all" is one word too many for "sparkq config-export"\.$/),
  good('config unset limits.stop_grace --override', {
    out: /^Took the override of limits\.stop_grace back · sparkq\.yml says 10$/m,
    leaves: valueIs('limits.stop_grace', 10, 'file'),
  }),
  bad('--override', 'config unset limits.stop_grace --override', 3, /limits\.stop_grace/, /sparkq config/),
  good('config unset limits.max_running --override --json', {
    before: at => at.core.setConfig({ namespace: 'limits', key: 'max_running', value: 3 }),
    leaves: json({ entry: { source: 'default' } }),
  }),
]

const tools: readonly Row[] = [
  good(`tools create mine --class LLM_LITE --timeout 60 --description "Mine" -- cat -n`, {
    out: /^Added tool "mine" · its tasks are run by runners, as cat -n$/m,
    leaves: toolIs('mine', {
      task_class: 'LLM_LITE',
      timeout: 60,
      description: 'Mine',
      command: ['cat', '-n'],
    }),
  }),
  good('tools create by-hand --class LLM_HEAVY --json', {
    leaves: json({ tool: { name: 'by-hand', command: null } }),
  }),
  bad('<name>', 'tools create mine --class LLM_LITE', 4, /^There is a tool "mine" already/, /sparkq tools/),
  bad('--class', 'tools create x', 2, /^Which task class\?/, /sparkq tools create x --class CLASS/),
  bad('--class', 'tools create x --class LITE', 2, /^There is no task class "LITE"/, /^ {2}sparkq classes$/m),
  bad(
    '--timeout',
    'tools create x --class LLM_LITE --timeout 0',
    2,
    /^--timeout must be a whole number of seconds/,
  ),
  bad(
    '--description',
    'tools create x --class LLM_LITE --description',
    2,
    /^--description needs a value: --description TEXT\.$/,
  ),
  bad('--', 'tools create x --class LLM_LITE --', 2, /^Nothing stands behind --\.$/, /-- COMMAND/),

  good(
    'tools create agent --class LLM_LITE --agent claude --model opus --arg=--verbose --permission-mode plan --max-turns 5 --max-budget 2.5 --api-key',
    { out: /by Claude Code, model opus, permission mode plan, at most 5 turns, at most \$2\.50/ },
  ),
  bad('--agent', 'tools create x --class LLM_LITE --agent clade', 2, /claude/, /--agent claude/),
  bad('--model', 'tools create x --class LLM_LITE --model opus', 2, /that have an agent/),
  bad('--arg', 'tools create x --class LLM_LITE --arg x', 2, /that have an agent/),
  bad(
    '--permission-mode',
    'tools create x --class LLM_LITE --agent codex --permission-mode plan',
    2,
    /Codex has no/,
  ),
  bad('--max-turns', 'tools create x --class LLM_LITE --agent codex --max-turns 5', 2, /Codex knows no/),
  bad('--max-budget', 'tools create x --class LLM_LITE --agent codex --max-budget 5', 2, /Codex knows no/),
  good(
    'tools edit agent --model sonnet --arg x --permission-mode acceptEdits --max-turns 6 --max-budget 3 --api-key --reset model',
    { leaves: toolIs('agent', { model: null, args: ['x'], max_turns: 6, max_budget_usd: 3 }) },
  ),
  good('tools edit agent --agent codex', { leaves: toolIs('agent', { agent: 'codex', max_turns: null }) }),
  bad('--agent', 'tools edit agent --agent claude -- cat', 2, /not both/, /sparkq tools/),
  bad('--model', 'tools edit run-bash --model opus', 2, /that have an agent/),
  bad('--arg', 'tools edit run-bash --arg x', 2, /that have an agent/),
  bad('--permission-mode', 'tools edit agent --permission-mode plan', 2, /Codex has no permission mode/),
  bad('--max-turns', 'tools edit agent --max-turns 0', 2, /--max-turns must be/),
  bad('--max-budget', 'tools edit agent --max-budget much', 2, /--max-budget must be/),
  bad('--reset', 'tools edit agent --reset modle', 2, /none of model, args/, /--reset model/),
  good('tools edit agent --no-agent', { leaves: toolIs('agent', { agent: null }) }),
  good('tools delete agent', { out: /Deleted/ }),

  good('tools', { out: [/^ *tool +class +timeout +source +what/m, /mine +LLM_LITE +1 min +user +Mine/] }),
  good('tools --json', { out: /"name":"by-hand"/ }),
  good('tools show mine', { out: [/^mine +Mine$/m, /run by +runners, as cat -n/] }),
  good('tools show run-bash --json', { leaves: json({ tool: { source: 'file' } }) }),
  bad(
    '<name>',
    'tools show run-bsh',
    3,
    /^There is no tool "run-bsh"\. Did you mean "run-bash"\?$/,
    /sparkq tools|run-bash/,
  ),

  good('tools edit mine --class FAST_SCRIPT --no-timeout --description "" -- tac', {
    out: /^Changed tool "mine"$/m,
    leaves: toolIs('mine', { task_class: 'FAST_SCRIPT', timeout: null, description: null, command: ['tac'] }),
  }),
  good('tools edit mine --no-command --timeout 90 --json', {
    leaves: json({ tool: { command: null, timeout: 90 } }),
  }),
  bad('<name>', 'tools edit nope --timeout 9', 3, /^There is no tool "nope"\.$/, /tools/),
  bad('<name>', 'tools edit mine', 2, /^What shall change of "mine"\?$/),
  bad(
    '--class',
    'tools edit mine --class LITE',
    2,
    /^There is no task class "LITE"/,
    /^ {2}sparkq classes$/m,
  ),
  bad('--timeout', 'tools edit mine --timeout -3', 2, /^--timeout must be a whole number of seconds/),
  bad(
    '--no-timeout',
    'tools edit mine --timeout 9 --no-timeout',
    2,
    /^Either --timeout or --no-timeout, not both\.$/,
  ),
  bad(
    '--no-command',
    'tools edit mine --no-command -- cat',
    2,
    /^Either a command or --no-command, not both\.$/,
  ),
  bad(
    '--description',
    'tools edit mine --description',
    2,
    /^--description needs a value: --description TEXT\.$/,
  ),
  bad(
    '--restore',
    'tools edit mine --restore',
    4,
    /^"mine" is not deleted: there is nothing to bring back\.$/,
    /sparkq tools --hidden/,
  ),
  bad('--', 'tools edit mine --', 2, /^Nothing stands behind --\.$/, /-- COMMAND/),

  good('tools delete llm-codex', {
    out: /^Deleted tool "llm-codex"$/m,
    err: /sparkq tools edit llm-codex --restore/,
  }),
  good('tools --hidden', { out: /llm-codex/ }),
  good('tools edit llm-codex --restore', {
    out: /^Tool "llm-codex" is back · file$/m,
    leaves: toolIs('llm-codex', { hidden: false }),
  }),
  bad(
    '<name>',
    'tools delete mine',
    4,
    /^The tool "mine" is in use: queue "default" has it as default tool\.$/,
    /^ {2}sparkq queue set default default_tool=TOOL$/m,
    {
      before: at => at.core.updateQueue({ id: 'default', settings: { default_tool: 'mine' } }),
    },
  ),
  good('queue set default default_tool=', { out: /no settings/ }),
  good('tools delete mine --json', { leaves: json({ tool: { name: 'mine' } }) }),
  bad('<name>', 'tools delete mine', 3, /^There is no tool "mine"\.$/, /tools/),
]

const classes: readonly Row[] = [
  good('classes create NIGHTLY --timeout 7200 --description "By night"', {
    out: /^Added task class "NIGHTLY" · 2 h$/m,
  }),
  good('classes create DAILY --timeout 60 --json', {
    leaves: json({ task_class: { name: 'DAILY', timeout: 60 } }),
  }),
  bad(
    '<name>',
    'classes create NIGHTLY --timeout 60',
    4,
    /^There is a task class "NIGHTLY" already/,
    /sparkq classes/,
  ),
  bad('--timeout', 'classes create X', 2, /^How long may its tasks take\?$/, /--timeout SECONDS/),
  bad('--timeout', 'classes create X --timeout 2h', 2, /^--timeout must be a whole number of seconds/),
  bad('--description', 'classes create X --timeout 60 --description', 2, /^--description needs a value/),
  good('classes', { out: /NIGHTLY +2 h +user +By night/ }),
  good('classes --json', { out: /"name":"DAILY"/ }),
  good('classes show LLM_HEAVY', { out: /tools +llm-codex|tools +.*llm-codex/ }),
  good('classes show NIGHTLY --json', { leaves: json({ task_class: { timeout: 7200 } }) }),
  bad(
    '<name>',
    'classes show LLM_HEVY',
    3,
    /^There is no task class "LLM_HEVY"\. Did you mean "LLM_HEAVY"\?$/,
    /LLM_HEAVY|sparkq classes/,
  ),
  good('classes edit NIGHTLY --timeout 3600 --description ""', {
    out: /^Changed task class "NIGHTLY" · 1 h$/m,
  }),
  good('classes edit DAILY --timeout 90 --json', { leaves: json({ task_class: { timeout: 90 } }) }),
  bad('<name>', 'classes edit NIGHTLY', 2, /^What shall change of "NIGHTLY"\?$/),
  bad('--timeout', 'classes edit NIGHTLY --timeout 0', 2, /^--timeout must be a whole number of seconds/),
  bad('--description', 'classes edit NIGHTLY --description', 2, /^--description needs a value/),
  bad(
    '--restore',
    'classes edit NIGHTLY --restore',
    4,
    /^"NIGHTLY" is not deleted: there is nothing to bring back\.$/,
    /sparkq classes --hidden/,
  ),
  good('classes delete NIGHTLY', { out: /^Deleted task class "NIGHTLY"$/m }),
  good('classes delete DAILY --json', { leaves: json({ task_class: { name: 'DAILY' } }) }),
  bad('<name>', 'classes delete LLM_HEAVY', 4, /LLM_HEAVY.*llm-/, /sparkq tools/),
  good('classes delete LLM_LITE', {
    before: async at => {
      for (const { name, task_class } of (await at.core.listTools()).tools)
        if (task_class === 'LLM_LITE') await at.core.updateTool({ name, task_class: 'LLM_HEAVY' })
    },
    err: /sparkq classes edit LLM_LITE --restore/,
  }),
  good('classes --hidden', { out: /LLM_LITE/ }),
  good('classes edit LLM_LITE --restore', { out: /^Task class "LLM_LITE" is back · file · 8 min$/m }),
]

export const rows: readonly Row[] = [...config, ...tools, ...classes]
