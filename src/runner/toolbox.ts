import fs from 'node:fs'
import path from 'node:path'
import { agentFacts } from '../contract/agents.ts'
import type { Api } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'
import type { MissingTool } from '../contract/runners.ts'
import { isExecutable, type Tool } from '../contract/tools.ts'
import { findProgram } from '../processes/find-program.ts'

/** The tools as they are now: which of them a runner executes, and by which command. */
export type Toolbox = ReturnType<typeof createToolbox>

/** Where programs are looked for: those of command lines from `root`, if their name is a path. */
type Place = { env: NodeJS.ProcessEnv; root: string }

/** They are asked for once, and again when something was heard of them; which programs are there, each time. */
export function createToolbox(api: Pick<Api, 'listTools'>, place: Place) {
  let known: Promise<Map<string, Tool>> | undefined
  const read = async () => {
    const { tools } = await api.listTools()
    return new Map(tools.map(tool => [tool.name, tool]))
  }
  const tools = (): Promise<Map<string, Tool>> => {
    const asked = known ?? read()
    known = asked
    asked.catch(() => {
      if (known === asked) known = undefined
    })
    return asked
  }
  const forget = (): void => {
    known = undefined
  }
  return {
    forget,
    /** @returns whether the tools may be others now */
    hear: ({ event }: Event): boolean => {
      const isNews = event.startsWith('tool.') || event === 'config.loaded'
      if (isNews) forget()
      return isNews
    },
    /** Those that can run here, and those that could, were their programs there. */
    look: async (): Promise<{ tools: string[]; missing: MissingTool[] }> => {
      const executable = [...(await tools()).values()].filter(isExecutable)
      const missing = executable.flatMap(tool => missingOf(tool, place) ?? [])
      const names = new Set(missing.map(it => it.tool_name))
      return { tools: executable.map(it => it.name).filter(name => !names.has(name)), missing }
    },
    toolOf: async (name: string): Promise<Tool | undefined> => (await tools()).get(name),
  }
}

function missingOf({ name, agent, command }: Tool, { env, root }: Place): MissingTool | undefined {
  const program = agent ? agentFacts[agent].program : command?.[0]
  if (program === undefined) return undefined
  const isThere = program.includes('/')
    ? fs.existsSync(path.resolve(root, program))
    : findProgram(program, env) !== undefined
  if (isThere) return undefined
  return { tool_name: name, program, install: agent ? agentFacts[agent].install : null }
}
