import type { Database } from './database.ts'

export type Project = { id: string; name: string; repo_path: string; prd_path: string | null }

export function projectsTable({ sql }: Database) {
  return {
    /** The one project of this database. */
    get: (): Project | undefined =>
      sql('SELECT id, name, repo_path, prd_path FROM projects LIMIT 1').get() as Project | undefined,
    insert: (project: Project & { now: string }) =>
      sql(
        `INSERT INTO projects (id, name, repo_path, prd_path, created_at, updated_at)
         VALUES (:id, :name, :repo_path, :prd_path, :now, :now)`,
      ).run(project),
    update: (project: Project & { now: string }) =>
      sql(
        'UPDATE projects SET name = :name, repo_path = :repo_path, prd_path = :prd_path, updated_at = :now WHERE id = :id',
      ).run(project),
  }
}

export function metaTable({ sql }: Database) {
  return {
    get: (key: string): string | undefined =>
      sql('SELECT value FROM meta WHERE key = ?').get(key)?.value as string | undefined,
    set: (key: string, value: string) =>
      sql('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(key, value),
  }
}
