import type { Api } from '../contract/api.ts'
import { type ToolKind, toolKind } from '../contract/payloads.ts'
import { isExecutable } from '../contract/tools.ts'
import { ifAny } from './lanes.ts'

/** What kind of work tools do. Most say it by their name; only for others the Api is asked. */
export type KindOf = (tool: string) => ToolKind

export async function readKinds(api: Api, names: readonly (string | undefined)[]): Promise<KindOf> {
  const isPlain = names.every(name => name === undefined || toolKind(name) !== 'other')
  const { tools } = isPlain ? { tools: [] } : await api.listTools()
  const kinds = new Map(tools.map(it => [it.name, it.kind]))
  return name => kinds.get(name) ?? toolKind(name)
}

/** Whether a runner executes this tool's tasks, or they are for a worker to claim. */
export async function isRun(api: Api, name: string): Promise<boolean> {
  if (isExecutable({ name, command: null, agent: null })) return true
  const found = await ifAny(api.getTool({ name }))
  return found !== undefined && isExecutable(found.tool)
}
