import { kindOf, noAgent, type TaskClass, type Tool } from '../contract/tools.ts'
import type { Database, Row } from './database.ts'

type Source = Tool['source']
export type ToolRow = Omit<Tool, 'kind' | 'source' | 'hidden'>
export type TaskClassRow = Pick<TaskClass, 'name' | 'timeout' | 'description'>

/**
 * Of the rows of one name the user's counts. One that is hidden takes the file's away, and is nothing itself where the
 * file has none (any more).
 */
const counting = (table: string) =>
  `FROM ${table} w WHERE (:hidden OR w.hidden = 0)
     AND NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.name = w.name AND o.source = 'user' AND w.source = 'file')
     AND (w.hidden = 0 OR EXISTS (SELECT 1 FROM ${table} o WHERE o.name = w.name AND o.source = 'file'))`

export function toolsTable({ sql }: Database) {
  const toolColumns = 'name, description, task_class, timeout, settings, source, hidden'
  const classColumns = 'name, timeout, description, source, hidden'
  const setTool = (source: Source, row: ToolRow, hidden: boolean): void => {
    const { name, description, task_class, timeout, ...settings } = row
    sql(
      `INSERT INTO tools (name, source, description, task_class, timeout, settings, hidden)
       VALUES (:name, :source, :description, :task_class, :timeout, :settings, :hidden)
       ON CONFLICT DO UPDATE SET description = excluded.description, task_class = excluded.task_class,
         timeout = excluded.timeout, settings = excluded.settings, hidden = excluded.hidden`,
    ).run({
      ...{ name, description, task_class, timeout, source },
      settings: JSON.stringify(said(settings)),
      hidden: hidden ? 1 : 0,
    })
  }
  const setClass = (source: Source, row: TaskClassRow, hidden: boolean): void => {
    sql(
      `INSERT INTO task_classes (name, source, timeout, description, hidden)
       VALUES (:name, :source, :timeout, :description, :hidden)
       ON CONFLICT DO UPDATE SET timeout = excluded.timeout, description = excluded.description, hidden = excluded.hidden`,
    ).run({ ...row, source, hidden: hidden ? 1 : 0 })
  }

  return {
    list: ({ hidden = false } = {}): Tool[] => {
      const rows = sql(`SELECT ${toolColumns} ${counting('tools')} ORDER BY name`).all(flag(hidden))
      return (rows as Row[]).map(toTool)
    },
    /** The one that counts; with `source`, the row of that source, hidden or not. */
    get: (name: string, source?: Source): Tool | undefined => {
      const row =
        source === undefined
          ? sql(`SELECT ${toolColumns} ${counting('tools')} AND name = :name`).get({ name, ...flag(false) })
          : sql(`SELECT ${toolColumns} FROM tools WHERE name = ? AND source = ?`).get(name, source)
      return row && toTool(row as Row)
    },
    set: (row: ToolRow, hidden = false): void => setTool('user', row, hidden),
    remove: (name: string) => sql(`DELETE FROM tools WHERE name = ? AND source = 'user'`).run(name),

    listClasses: ({ hidden = false } = {}): TaskClass[] => {
      const rows = sql(`SELECT ${classColumns} ${counting('task_classes')} ORDER BY timeout, name`).all(
        flag(hidden),
      )
      return (rows as Row[]).map(toClass)
    },
    getClass: (name: string, source?: Source): TaskClass | undefined => {
      const row =
        source === undefined
          ? sql(`SELECT ${classColumns} ${counting('task_classes')} AND name = :name`).get({
              name,
              ...flag(false),
            })
          : sql(`SELECT ${classColumns} FROM task_classes WHERE name = ? AND source = ?`).get(name, source)
      return row && toClass(row as Row)
    },
    setClass: (row: TaskClassRow, hidden = false): void => setClass('user', row, hidden),
    removeClass: (name: string) =>
      sql(`DELETE FROM task_classes WHERE name = ? AND source = 'user'`).run(name),

    /** Replaces what came from the file, and nothing else. */
    replaceFileRows: (tools: ToolRow[], classes: TaskClassRow[]): void => {
      sql(`DELETE FROM tools WHERE source = 'file'`).run()
      sql(`DELETE FROM task_classes WHERE source = 'file'`).run()
      for (const it of classes) setClass('file', it, false)
      for (const it of tools) setTool('file', it, false)
    },
  }
}

/** Without what is as it is where nothing is said. */
const said = (settings: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  )

const flag = (hidden: boolean) => ({ hidden: hidden ? 1 : 0 })

function toTool({ settings, hidden, ...row }: Row): Tool {
  const own = JSON.parse(String(settings)) as Partial<Tool>
  const tool = { ...row, command: null, ...noAgent, ...own, hidden: hidden === 1 } as unknown as Tool
  return { ...tool, kind: kindOf(tool) }
}

const toClass = ({ hidden, ...row }: Row): TaskClass =>
  ({ ...row, hidden: hidden === 1 }) as unknown as TaskClass
