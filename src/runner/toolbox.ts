import type { Api } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'
import { isExecutable, type Tool } from '../contract/tools.ts'

/** The tools as they are now: which of them a runner executes, and by which command. */
export type Toolbox = ReturnType<typeof createToolbox>

/** They are asked for once, and again when something was heard of them. */
export function createToolbox(api: Pick<Api, 'listTools'>) {
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
    names: async (): Promise<string[]> =>
      [...(await tools()).values()].filter(isExecutable).map(it => it.name),
    /** The command template of a tool; null where it has none, or is gone. */
    commandOf: async (name: string): Promise<readonly string[] | null> =>
      (await tools()).get(name)?.command ?? null,
  }
}
