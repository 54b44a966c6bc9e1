import type { Site } from './site.ts'

/** `unknown`: it could not be looked at. Only `broken` makes doctor fail. */
export type State = 'ok' | 'warning' | 'broken' | 'unknown'

/**
 * What a check has found.
 * @property says one sentence, or, where all is well, the facts
 * @property next the commands that mend it, each by itself, in their order
 * @property mend does it, for `doctor --fix`, where no command does; answers what it has done
 */
export type Finding = { state: State; says: string; next: string[]; mend?: () => string }

/**
 * One thing to look at. It may throw: that ends this check alone. Nothing that it does changes anything.
 * @property anywhere it can be looked at where there is no project, too
 */
export type Check = {
  name: string
  anywhere?: true
  look(site: Site): Finding | Finding[] | Promise<Finding | Finding[]>
}

export const ok = (says: string): Finding => ({ state: 'ok', says, next: [] })
export const warning = (says: string, ...next: string[]): Finding => ({ state: 'warning', says, next })
export const broken = (says: string, ...next: string[]): Finding => ({ state: 'broken', says, next })

/** What was found, or that all is well. */
export const orOk = (found: Finding[], says: string): Finding[] => (found.length > 0 ? found : [ok(says)])
