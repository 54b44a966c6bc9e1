import { agentFacts, agentNames } from '../contract/agents.ts'
import { invalid } from '../contract/errors.ts'
import type { Tool } from '../contract/tools.ts'
import type { OptionSpecs } from './command.ts'

const modes = agentNames.map(name => `${name}: ${agentFacts[name].permission_modes.join(', ')}`).join(' · ')

/** What may be said of a tool that is an agent. */
export const agentOptions = {
  agent: {
    type: 'text',
    value: 'AGENT',
    choices: agentNames,
    describe: 'the agent that works on its prompts',
  },
  model: { type: 'text', value: 'MODEL', describe: 'its model, in the agent’s own words' },
  arg: {
    type: 'list',
    value: 'WORD',
    describe: 'an argument more for the agent; may be repeated: --arg=--verbose',
  },
  'permission-mode': { type: 'text', value: 'MODE', describe: `what it may do unasked (${modes})` },
  'max-turns': { type: 'whole', value: 'N', min: 1, describe: 'stop it after so many turns' },
  'max-budget': { type: 'number', value: 'USD', min: 0, describe: 'stop it after so many dollars' },
  'api-key': { type: 'flag', describe: 'pass API keys of the environment on to it, which then bills them' },
} as const satisfies OptionSpecs

type Typed = {
  agent: Tool['agent'] | undefined
  model: string | undefined
  arg: string[]
  'permission-mode': string | undefined
  'max-turns': number | undefined
  'max-budget': number | undefined
  'api-key': boolean
}

/** Only what was typed, as the API has it. @throws invalid when a command was typed, too */
export function agentEdits(options: Typed, command: readonly string[] | undefined) {
  const { agent, model } = options
  if (agent && command) throw invalid('Either --agent or a command, not both.', { hint: 'sparkq tools' })
  const [mode, turns, budget] = [options['permission-mode'], options['max-turns'], options['max-budget']]
  return {
    ...(agent ? { agent } : {}),
    ...(model === undefined ? {} : { model }),
    ...(options.arg.length === 0 ? {} : { args: options.arg }),
    ...(mode === undefined ? {} : { permission_mode: mode }),
    ...(turns === undefined ? {} : { max_turns: turns }),
    ...(budget === undefined ? {} : { max_budget_usd: budget }),
    ...(options['api-key'] ? { use_api_key: true } : {}),
  }
}

/** What an agent may be told, and may be told no more. */
const nothing = {
  model: null,
  args: [],
  'permission-mode': null,
  'max-turns': null,
  'max-budget': null,
  'api-key': false,
} as const
export const resettable = Object.keys(nothing)

const fields: Record<string, string> = {
  'permission-mode': 'permission_mode',
  'max-turns': 'max_turns',
  'max-budget': 'max_budget_usd',
  'api-key': 'use_api_key',
}

/** @throws invalid for a word that is none of them */
export function resets(words: readonly string[]): Record<string, null> {
  return Object.fromEntries(
    words.map(word => {
      if (!(word in nothing))
        throw invalid(`--reset "${word}" is none of ${resettable.join(', ')}.`, {
          hint: 'sparkq tools edit NAME --reset model',
        })
      return [fields[word] ?? word, nothing[word as keyof typeof nothing] as null]
    }),
  )
}
