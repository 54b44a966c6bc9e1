import type { Database, Row } from './database.ts'

/** A prompt as a person stored it; what its variables are, its template says. */
export type StoredPrompt = {
  id: string
  command: string
  description: string | null
  template: string
  created_at: string
  updated_at: string
}

type Change = Pick<StoredPrompt, 'id' | 'command' | 'description' | 'template'> & {
  command_key: string
  now: string
}

export function promptsTable({ sql }: Database) {
  const columns = 'id, command, description, template, created_at, updated_at'
  return {
    list: (): StoredPrompt[] => (sql(`SELECT ${columns} FROM prompts`).all() as Row[]).map(toPrompt),

    find: (idOrKey: string): StoredPrompt | undefined => {
      const row = sql(`SELECT ${columns} FROM prompts WHERE id = :it OR command_key = :it`).get({
        it: idOrKey,
      })
      return row && toPrompt(row as Row)
    },

    insert: (prompt: Change) =>
      sql(
        `INSERT INTO prompts (id, command, command_key, description, template, created_at, updated_at)
         VALUES (:id, :command, :command_key, :description, :template, :now, :now)`,
      ).run(prompt),

    update: (prompt: Change) =>
      sql(
        `UPDATE prompts SET command = :command, command_key = :command_key, description = :description,
           template = :template, updated_at = :now WHERE id = :id`,
      ).run(prompt),

    remove: (id: string) => sql('DELETE FROM prompts WHERE id = ?').run(id),
  }
}

const toPrompt = (row: Row): StoredPrompt => ({ ...row }) as unknown as StoredPrompt
