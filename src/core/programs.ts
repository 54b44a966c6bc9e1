import fs from 'node:fs'
import path from 'node:path'
import { agentFacts } from '../contract/agents.ts'
import type { Tool } from '../contract/tools.ts'
import { findProgram } from '../processes/find-program.ts'
import type { Context } from './context.ts'

/** How long it is believed whether a program is there: a plan of thousands of tasks asks for the same one. */
const believedMs = 1000
const believed = new Map<string, { found: boolean; at: number }>()

/**
 * What runs a tool's prompts and is not on this machine. A warning, not a refusal: the runner may be another machine's,
 * and the program may be installed before the task's turn.
 */
export function missingProgram(ctx: Context, tool: Pick<Tool, 'name' | 'agent' | 'command'>): string[] {
  const program = tool.agent ? agentFacts[tool.agent].program : tool.command?.[0]
  if (program === undefined || isThere(ctx.projectRoot, program)) return []
  const where = program.includes('/') ? 'is not there' : 'is not on the PATH here'
  const install = tool.agent ? ` Install it with: ${agentFacts[tool.agent].install}` : ''
  return [`${tool.name}: its program ${program} ${where}, and its tasks wait until it is.${install}`]
}

function isThere(root: string, program: string): boolean {
  const key = `${root}\0${program}\0${process.env.PATH}`
  const known = believed.get(key)
  const now = performance.now()
  if (known && now - known.at < believedMs) return known.found
  const found = program.includes('/')
    ? fs.existsSync(path.resolve(root, program))
    : findProgram(program, process.env) !== undefined
  believed.set(key, { found, at: now })
  return found
}
