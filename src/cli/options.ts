import type { OptionSpec } from './command.ts'
import { anyTask, listedQueue, runningTask } from './kinds.ts'

/** Options that several commands have, each said once. */

export const jsonOption = { type: 'flag', describe: 'print the answer as JSON' } as const satisfies OptionSpec

export const queueOption = {
  type: 'text',
  short: 'q',
  value: 'NAME',
  kind: listedQueue,
  aliases: ['stream'],
  describe: 'the lane, by name or id',
} as const satisfies OptionSpec

/** To look at one lane, or one session, only. */
export const onlyQueueOption = { ...queueOption, describe: 'only this lane' } as const
export const onlySessionOption = {
  type: 'text',
  value: 'SESSION',
  kind: 'session',
  describe: 'only this session',
} as const satisfies OptionSpec

/** @param otherwise what is shown without it */
export const sinceOption = (otherwise: string) =>
  ({
    type: 'text',
    value: 'TIME',
    describe: `only what finished since: 8h, 22:10, yesterday or RFC 3339; default: ${otherwise}`,
  }) as const satisfies OptionSpec

export const yesOption = { type: 'flag', short: 'y', describe: 'do not ask' } as const satisfies OptionSpec

export const cancelOption = {
  type: 'flag',
  describe: 'cancel what runs there first',
} as const satisfies OptionSpec

export const inOption = {
  type: 'text',
  value: 'DURATION',
  describe: 'not before this long from now: 90s, 30m, 2h, 1d',
} as const satisfies OptionSpec

export const atOption = {
  type: 'text',
  value: 'TIME',
  describe: 'not before this time: 02:00 (local, the next one) or RFC 3339',
} as const satisfies OptionSpec

export const timeoutOption = {
  type: 'whole',
  value: 'SECONDS',
  min: 1,
  unit: 'seconds',
  describe: 'warn after this long, stop after twice as long',
} as const satisfies OptionSpec

export const payloadOption = {
  type: 'text',
  value: 'JSON',
  describe: 'the payload as JSON, @FILE, or - for stdin',
} as const satisfies OptionSpec

export const instructionsOption = {
  type: 'text',
  value: 'TEXT',
  blank: true,
  describe: 'what to know for all its work, or @FILE',
} as const satisfies OptionSpec

/** The task of commands that a worker types; `--task-id` says the same as the first word. */
export const taskArg = {
  value: 'TASK',
  kind: anyTask,
  describe: 'its id, friendly id (AUTH-7) or the beginning of its id',
} as const
export const tasksArg = { ...taskArg, many: true } as const

export const taskIdOption = {
  type: 'text',
  value: 'TASK',
  kind: runningTask,
  describe: 'the task, instead of the first word',
} as const satisfies OptionSpec

export const attemptOption = {
  type: 'whole',
  value: 'N',
  min: 1,
  describe: 'the attempt that is meant; default: the current one',
} as const satisfies OptionSpec

/** Every command that asks the Api has this; one that works on the files of this machine has not. */
export const urlOption = {
  type: 'text',
  value: 'URL',
  describe: 'ask this SparkQ server, http://HOST:PORT; also SPARKQ_URL, with SPARKQ_TOKEN',
} as const satisfies OptionSpec

/** Every command has these. */
export const commonOptions = {
  help: { type: 'flag', short: 'h', describe: 'show this help' },
  debug: { type: 'flag', describe: 'show the stack of an error' },
} as const satisfies Record<string, OptionSpec>
