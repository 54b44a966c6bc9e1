import type { Config, ConfigFile } from '../contract/config.ts'
import type { ConfigProblem } from '../contract/settings.ts'
import type { ScriptIndex } from '../scripts/script-index.ts'
import type { Store } from '../store/store.ts'
import type { Silence } from './silence.ts'

/** What this process does with the configuration; `config` is what counts, and is changed in place. */
export type Configuration = {
  /** Applies the file as it is now. @returns what is different, and which overrides are ignored */
  reload(): { changes: string[]; warnings: string[] }
  /** Takes over what this or another process has changed since the last time. */
  refresh(): void
  /** What lies below the overrides: the defaults, what the file says, and what it says over the defaults. */
  layers(): { defaults: Config; file: ConfigFile; base: Config }
  check(text: string): ConfigProblem[]
}

/** What every rule works with. */
export type Context = {
  store: Store
  config: Config
  /** Absolute path of the project's tree: what paths in payloads are relative to. */
  projectRoot: string
  /** Absolute path of the folder that holds the attempts' output. */
  logs: string
  scripts: ScriptIndex
  /** Who acts, for the audit log. */
  actor: string
  version: string
  configuration: Configuration
  /** Milliseconds since 1970. */
  clock: () => number
  silence: Silence
  /** Tells this process's own listeners that something was committed; other processes see it in the database. */
  committed: () => void
}

/** Runs `work` as one transaction, then tells who waits for a change. */
export function change<T>(ctx: Context, work: () => T): T {
  const result = ctx.store.transaction(work)
  ctx.committed()
  return result
}
