import type { Place } from '../yaml-text.ts'

export const planFormats = ['md', 'yaml', 'jsonl'] as const
export type PlanFormat = (typeof planFormats)[number]

/** A file of work to queue, as a list of tasks; which lane and tool a task gets in the end is not known here. */
export type Plan = {
  /** What the plan says for all its tasks. */
  head: Said
  tasks: PlanTask[]
  /** Boxes that are ticked. */
  done: number
  /** List items without a box. */
  unboxed: number
  problems: Problem[]
}

/** What is to be done, in the one form a task has. Paths are relative to the project. */
export type PlanWork =
  | { form: 'prompt' | 'command' | 'code'; text: string }
  | { form: 'script'; file: string; args: string[] }
  | { form: 'payload'; payload: Record<string, unknown> }

/** How it is to be done. `timeout` in seconds; `in` and `at` as they are typed behind `--in` and `--at`. */
export type PlanOptions = {
  lane?: string
  tool?: string
  class?: string
  timeout?: number
  max_attempts?: number
  in?: string
  at?: string
  cwd?: string
  /** A command line that has to pass, too. */
  check?: string
  env?: Record<string, string>
}

/** Options, and where in the text each of them stands. */
export type Said<O = PlanOptions> = { options: O; place(option?: string): Place }

export type PlanTask = Said<PlanOptions & { key?: string }> & { work: PlanWork }

/** @property sentence begins in lower case: it stands behind its place */
export type Problem = { place: Place; sentence: string }

export const nowhere: Place = { line: 1, column: 1 }
