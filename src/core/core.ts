import type { Api, Input, Output } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import { type OperationName, operations } from '../contract/operations.ts'
import type { Lanes } from '../contract/supervision.ts'
import { validate } from '../contract/validate.ts'
import { self } from '../processes/identity.ts'
import { createScriptIndex } from '../scripts/script-index.ts'
import { watchChanges } from '../store/changes.ts'
import * as attempts from './attempts.ts'
import { followEvents, listEvents } from './audit.ts'
import { cancelTask } from './cancel.ts'
import { checkTasks } from './check-tasks.ts'
import * as claims from './claims.ts'
import * as config from './config.ts'
import type { Context } from './context.ts'
import { openConversation } from './conversations.ts'
import { isSweepDue, purge, sweep } from './maintenance.ts'
import { createLedger, type Ledger } from './notifications.ts'
import * as output from './output.ts'
import { getPatch } from './patch.ts'
import * as pausing from './pausing.ts'
import * as prompts from './prompts.ts'
import * as providers from './providers.ts'
import * as questions from './questions.ts'
import * as queues from './queues.ts'
import { quickAddTask } from './quick-add.ts'
import * as review from './review.ts'
import * as runners from './runners.ts'
import { listScripts, withNearestScript } from './scripts.ts'
import { getStats } from './service.ts'
import * as sessions from './sessions.ts'
import { watchSilence } from './silence.ts'
import { shortage } from './space.ts'
import { getWorkStats } from './stats.ts'
import * as supervision from './supervision.ts'
import * as taskClasses from './task-classes.ts'
import * as tasks from './tasks.ts'
import * as tools from './tools.ts'
import { explainTask } from './why.ts'

type Handler<N extends OperationName> = (ctx: Context, input: Input<N>) => Output<N> | Promise<Output<N>>

const handlers: { [N in OperationName]: Handler<N> } = {
  ...sessions,
  listQueues: queues.listQueues,
  createQueue: queues.createQueue,
  getQueue: queues.getQueueAnswer,
  updateQueue: queues.updateQueue,
  endQueue: queues.endQueue,
  archiveQueue: queues.archiveQueue,
  unarchiveQueue: queues.unarchiveQueue,
  deleteQueue: queues.deleteQueue,
  pauseQueue: pausing.pauseQueue,
  resumeQueue: pausing.resumeQueue,
  activateQueue: pausing.activateQueue,
  ...claims,
  listTasks: tasks.listTasks,
  createTask: tasks.createTask,
  quickAddTask,
  createTasks: tasks.createTasks,
  checkTasks,
  getTask: tasks.getTaskAnswer,
  explainTask,
  updateTask: tasks.updateTask,
  deleteTask: tasks.deleteTask,
  moveTaskFirst: tasks.moveTaskFirst,
  requeueTask: tasks.requeueTask,
  reviewTask: tasks.reviewTask,
  cancelTask,
  listAttempts: attempts.listAttempts,
  startAttempt: attempts.startAttempt,
  stopAttempt: attempts.stopAttempt,
  flagAttempt: attempts.flagAttempt,
  finishAttempt: attempts.finishAttempt,
  completeTask: attempts.completeTask,
  failTask: attempts.failTask,
  ...questions,
  ...output,
  getPatch,
  openConversation,
  listProviders: providers.listProviders,
  pauseProvider: providers.pauseProvider,
  resumeProvider: providers.resumeProvider,
  ...prompts,
  ...review,
  getHealth: ctx => ({ status: 'ok', space: shortage(ctx) }),
  getVersion: ctx => ({ version: ctx.version }),
  getStats,
  getWorkStats,
  listConfig: config.listConfig,
  setConfig: config.setConfig,
  unsetConfig: config.unsetConfig,
  validateConfig: config.validateConfig,
  reload: config.reload,
  listTools: tools.listTools,
  createTool: tools.createTool,
  getTool: tools.getTool,
  updateTool: tools.updateTool,
  deleteTool: tools.deleteTool,
  ...taskClasses,
  listScripts,
  listRunners: runners.listRunners,
  startRunner: runners.startRunner,
  heartbeatRunner: runners.heartbeatRunner,
  stopRunner: runners.stopRunner,
  getSupervision: supervision.getSupervision,
  extendSupervision: supervision.extendSupervision,
  setRunnerWanted: supervision.setRunnerWanted,
  noteRunnerDeath: supervision.noteRunnerDeath,
  purge,
  sweep,
  listEvents,
}

export type CoreOptions = Omit<Context, 'clock' | 'committed' | 'silence' | 'scripts'> & {
  clock?: () => number
  /** As `performance.now`: a clock that nobody moves. */
  uptime?: () => number
}

/** Beside the Api what is for the processes of this machine alone, and no business of whoever comes over the wire. */
export type Core = Api & {
  isSweepDue(): boolean
  /** Says that this process keeps runners, and on which lanes; see `getSupervision`. */
  beginSupervision(lanes: Lanes): void
  notifications: Ledger
  close(): void
}

/** The Api over a database of this machine: every call is checked against the operation's schema first. */
export function createCore({
  clock = Date.now,
  uptime = () => performance.now(),
  ...options
}: CoreOptions): Core {
  const listeners = new Set<() => void>()
  const committed = (): void => {
    for (const listener of listeners) listener()
  }
  const ctx: Context = {
    ...options,
    clock,
    committed,
    silence: watchSilence(clock, uptime),
    scripts: createScriptIndex(),
  }
  let unwatch: (() => void) | undefined

  const subscribe = (wake: () => void): (() => void) => {
    listeners.add(wake)
    unwatch ??= watchChanges(ctx.store, committed)
    return () => {
      listeners.delete(wake)
      if (listeners.size > 0) return
      unwatch?.()
      unwatch = undefined
    }
  }

  const call = async (name: OperationName, input: unknown = {}): Promise<unknown> => {
    validate(operations[name].input, input, 'The request')
    try {
      ctx.configuration.refresh()
      return await (handlers[name] as Handler<OperationName>)(ctx, input as never)
    } catch (error) {
      const known = ctx.store.explain(error)
      throw known instanceof SparkqError ? await withNearestScript(ctx, known) : internal(name, error)
    }
  }

  const api = Object.fromEntries(
    (Object.keys(operations) as OperationName[]).map(name => [name, (input?: unknown) => call(name, input)]),
  )
  return {
    ...(api as unknown as Api),
    watchEvents: options => followEvents(ctx, subscribe, options),
    isSweepDue: () => {
      ctx.configuration.refresh()
      return isSweepDue(ctx)
    },
    beginSupervision: lanes => supervision.beginSupervision(ctx, self(), lanes),
    notifications: createLedger(ctx),
    close: () => {
      unwatch?.()
      listeners.clear()
      ctx.store.close()
    },
  }
}

function internal(name: string, cause: unknown): SparkqError {
  return new SparkqError('internal', `Internal error in ${name}.`, { cause })
}
