import type { AgentName, Provider } from '../contract/agents.ts'
import type { Database, Row } from './database.ts'

/** What is kept of a provider. `canary_attempt`: of the task that tries it. */
export type StoredProvider = Omit<Provider, 'queued'> & { canary_attempt: number | null }

export function providersTable({ sql }: Database) {
  return {
    /** Those that were limited or paused once; of others there is nothing to say. */
    list: (): StoredProvider[] =>
      (sql('SELECT * FROM providers ORDER BY name').all() as Row[]).map(toProvider),

    get: (name: AgentName): StoredProvider | undefined => {
      const row = sql('SELECT * FROM providers WHERE name = ?').get(name)
      return row && toProvider(row as Row)
    },

    set: (provider: StoredProvider) =>
      sql(
        `INSERT INTO providers (name, status, because, message, mend, until, since, probes, canary_task_id, canary_attempt)
         VALUES (:name, :status, :because, :message, :mend, :until, :since, :probes, :canary_task_id, :canary_attempt)
         ON CONFLICT DO UPDATE SET status = excluded.status, because = excluded.because, message = excluded.message,
           mend = excluded.mend, until = excluded.until, since = excluded.since, probes = excluded.probes,
           canary_task_id = excluded.canary_task_id, canary_attempt = excluded.canary_attempt`,
      ).run(provider),
  }
}

const toProvider = (row: Row): StoredProvider => ({ ...row }) as unknown as StoredProvider
