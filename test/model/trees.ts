import os from 'node:os'
import { type Model, type ModelQueue, type ModelRunner, type ModelTask, stamp } from './state.ts'

/** SPEC 5: agents that runners execute have a work tree to themselves; all lanes of the model work in the project's. */

export const isAgents = (toolName: string): boolean => toolName.startsWith('llm-')

const projectTree = `host:${os.hostname()}`

export const treeOf = (task: ModelTask, runnerId: string | undefined): string | null =>
  runnerId !== undefined && isAgents(task.tool_name) ? projectTree : null

/** Why an agent's task cannot begin: another one works in the tree, or a runner that waits longer is to have it. */
export function treeRefusal(
  model: Model,
  runner: ModelRunner | undefined,
  headOf: (queue: ModelQueue) => ModelTask | null,
): { retry_at: string | null } | undefined {
  const holds = model.tasks.some(it => it.attemptList.some(one => one.outcome === null && one.tree !== null))
  if (holds) return { retry_at: null }
  const mine = runner?.waiting ?? Number.POSITIVE_INFINITY
  const isBefore = model.runners.some(it => {
    const head = headOf(it.queue)
    return it.waiting !== null && it.waiting < mine && isThere(model, it) && head && isAgents(head.tool_name)
  })
  return isBefore ? { retry_at: stamp(model.now + 1000) } : undefined
}

/** One that has not asked for long, or is dead, keeps nothing from others. */
const isThere = (model: Model, { alive, heard }: ModelRunner): boolean => alive && model.now - heard <= 65_000

export function noteWaiting(model: Model, runner: ModelRunner, waits: boolean): void {
  if (!waits) runner.waiting = null
  else if (runner.waiting === null || model.now - runner.heard > 2000) {
    runner.waiting ??= model.now
    runner.heard = model.now
  }
}
