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
      const missing = findMissing(executable, place)
      const names = new Set(missing.map(it => it.tool_name))
      return { tools: executable.map(it => it.name).filter(name => !names.has(name)), missing }
    },
    toolOf: async (name: string): Promise<Tool | undefined> => (await tools()).get(name),
  }
}

/** Each program is looked for once: several tools may be the same agent. */
function findMissing(tools: readonly Tool[], place: Place): MissingTool[] {
  const known = new Map<string, boolean>()
  const isThere = (program: string): boolean => {
    const found = known.get(program) ?? isProgramThere(program, place)
    known.set(program, found)
    return found
  }
  return tools.flatMap(({ name, agent, command }) => {
    const program = agent ? agentFacts[agent].program : command?.[0]
    if (program === undefined || isThere(program)) return []
    return { tool_name: name, program, install: agent ? agentFacts[agent].install : null }
  })
}

const isProgramThere = (program: string, { env, root }: Place): boolean =>
  program.includes('/') ? fs.existsSync(path.resolve(root, program)) : findProgram(program, env) !== undefined
