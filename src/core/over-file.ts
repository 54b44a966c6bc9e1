import { conflict, notFound } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import { timestamp } from '../contract/time.ts'
import type { Tool } from '../contract/tools.ts'
import { type Context, change } from './context.ts'
import { nameKey } from './names.ts'

type Item = { name: string; source: Tool['source']; hidden: boolean }

/** What one such listing is. `Row`: what a person says of an entry; `T`: that with where it is from. */
type Listing<Row extends { name: string }, T extends Item & Row> = {
  noun: string
  /** The first word of its commands. */
  command: string
  event: 'tool' | 'task_class'
  list(ctx: Context): T[]
  /** The one that counts; with `source`, the row of that source, hidden or not. */
  get(ctx: Context, name: string, source?: T['source']): T | undefined
  set(ctx: Context, row: Row, hidden?: boolean): void
  remove(ctx: Context, name: string): void
  rowOf(row: Row): Row
  /** What an edit of one thing changes of others. */
  takenBy?(before: Row, edits: Partial<Row>): Partial<Row>
  /** @throws invalid for a row that cannot be */
  check?(ctx: Context, row: Row): void
  /** @throws conflict for one that something else needs */
  refuseUsed(ctx: Context, found: T): void
}

/**
 * The rules of a listing in which a person's own entries go before those of sparkq.yml, by name: tools, task classes.
 */
export function overFile<Row extends { name: string }, T extends Item & Row>(of: Listing<Row, T>) {
  /** @throws not_found where there is none, or where it is hidden */
  const find = (ctx: Context, name: string): T => {
    const found = of.get(ctx, name)
    if (found) return found
    if (of.get(ctx, name, 'user')?.hidden && of.get(ctx, name, 'file')) {
      throw notFound(
        `The ${of.noun} "${name}" was deleted here; sparkq.yml still has it.`,
        `sparkq ${of.command} edit ${name} --restore`,
      )
    }
    const names = of.list(ctx).map(it => it.name)
    throw notFound(`There is no ${of.noun} "${name}".${didYouMean(name, names)}`, `sparkq ${of.command}`)
  }

  const note = (ctx: Context, { name, source }: T, what: 'created' | 'updated' | 'deleted'): void => {
    const event = `${of.event}.${what}` as const
    ctx.store.audit.append({ at: timestamp(ctx.clock()), event, actor: ctx.actor, data: { name, source } })
  }

  const noted = (ctx: Context, name: string, what: 'created' | 'updated'): T => {
    const found = find(ctx, name)
    note(ctx, found, what)
    return found
  }

  const put = (ctx: Context, row: Row, what: 'created' | 'updated'): T => {
    of.check?.(ctx, row)
    of.set(ctx, of.rowOf(row))
    return noted(ctx, row.name, what)
  }

  return {
    find,

    create: (ctx: Context, row: Row): T =>
      change(ctx, () => {
        const same = of.list(ctx).find(it => nameKey(it.name) === nameKey(row.name))
        if (same)
          throw conflict(
            `There is a ${of.noun} "${same.name}" already.`,
            `sparkq ${of.command} edit ${same.name}`,
          )
        return put(ctx, row, 'created')
      }),

    /** With `hidden` false one that was deleted here comes back as the file has it. */
    update: (ctx: Context, name: string, { hidden, ...edits }: Partial<Row> & { hidden?: boolean }): T =>
      change(ctx, () => {
        if (hidden === false && of.get(ctx, name, 'user')?.hidden) of.remove(ctx, name)
        const before = find(ctx, name)
        const isSame = Object.keys(edits).length === 0
        // Nothing of it is said to be different: the file's stays the one that counts.
        if (isSame && before.source === 'file') return noted(ctx, name, 'updated')
        return put(ctx, { ...before, ...of.takenBy?.(before, edits as Partial<Row>), ...edits }, 'updated')
      }),

    /** What a person changed of the file's is taken back; the file's own is hidden, as the file would bring it again. */
    remove: (ctx: Context, name: string): T =>
      change(ctx, () => {
        const found = find(ctx, name)
        const isOfFile = found.source === 'file'
        if (isOfFile || !of.get(ctx, name, 'file')) of.refuseUsed(ctx, found)
        if (isOfFile) of.set(ctx, of.rowOf(found), true)
        else of.remove(ctx, name)
        note(ctx, found, 'deleted')
        return { ...found, hidden: isOfFile }
      }),
  }
}
