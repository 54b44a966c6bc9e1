import type { TaskClass, Tool } from '../contract/tools.ts'
import type { Database } from './database.ts'

export type FileTool = {
  name: string
  description: string | null
  task_class: string
  timeout: number | null
}
export type FileTaskClass = { name: string; timeout: number; description: string | null }

/** Of the rows of one name the user's wins; one that is hidden takes the file's away too. */
const winning = (table: string) =>
  `FROM ${table} w WHERE hidden = 0
     AND NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.name = w.name AND o.source = 'user' AND w.source = 'file')`

export function toolsTable({ sql }: Database) {
  const toolColumns = 'name, description, task_class, timeout, source'
  const classColumns = 'name, timeout, description, source'

  return {
    list: (): Tool[] => sql(`SELECT ${toolColumns} ${winning('tools')} ORDER BY name`).all() as Tool[],
    get: (name: string): Tool | undefined =>
      sql(`SELECT ${toolColumns} ${winning('tools')} AND name = ?`).get(name) as Tool | undefined,
    listClasses: (): TaskClass[] =>
      sql(`SELECT ${classColumns} ${winning('task_classes')} ORDER BY timeout, name`).all() as TaskClass[],
    getClass: (name: string): TaskClass | undefined =>
      sql(`SELECT ${classColumns} ${winning('task_classes')} AND name = ?`).get(name) as
        | TaskClass
        | undefined,

    /** Replaces what came from the file, and nothing else. */
    replaceFileRows: (tools: FileTool[], classes: FileTaskClass[]): void => {
      sql(`DELETE FROM tools WHERE source = 'file'`).run()
      sql(`DELETE FROM task_classes WHERE source = 'file'`).run()
      for (const it of classes) {
        sql(
          `INSERT INTO task_classes (name, source, timeout, description) VALUES (:name, 'file', :timeout, :description)`,
        ).run(it)
      }
      for (const it of tools) {
        sql(
          `INSERT INTO tools (name, source, description, task_class, timeout)
           VALUES (:name, 'file', :description, :task_class, :timeout)`,
        ).run(it)
      }
    },
  }
}
