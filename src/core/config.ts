import type { Input, Output } from '../contract/api.ts'
import type { Config } from '../contract/config.ts'
import { notFound } from '../contract/errors.ts'
import { newId, randomWord } from '../contract/ids.ts'
import {
  type ConfigEntry,
  findSetting,
  requireOverridable,
  type Setting,
  settings,
  valueIn,
  withOverrides,
} from '../contract/settings.ts'
import { timestamp } from '../contract/time.ts'
import type { Store } from '../store/store.ts'
import { type Context, change } from './context.ts'

export function listConfig(ctx: Context): Output<'listConfig'> {
  const { base } = ctx.configuration.layers()
  const { over, ignored } = withOverrides(base, ctx.store.config.list())
  return { config: settings.map(it => entryOf(ctx, it, over)), warnings: ignored.map(it => it.sentence) }
}

export function setConfig(ctx: Context, { namespace, key, value }: Input<'setConfig'>): Output<'setConfig'> {
  const setting = findSetting(namespace, key)
  requireOverridable(setting, value)
  return change(ctx, () => {
    ctx.store.config.set(namespace, key, value, timestamp(ctx.clock()))
    return { entry: changed(ctx, setting, { value }) }
  })
}

/** Also one that is ignored, and one of a setting that there is no more. */
export function unsetConfig(ctx: Context, { namespace, key }: Input<'unsetConfig'>): Output<'unsetConfig'> {
  return change(ctx, () => {
    const isOver = ctx.store.config.get(namespace, key) !== undefined
    const setting = settings.find(it => it.namespace === namespace && it.key === key)
    if (!isOver) {
      const { name } = setting ?? findSetting(namespace, key)
      throw notFound(`Nothing goes over ${name}.`, `sparkq config get ${name}`)
    }
    ctx.store.config.remove(namespace, key)
    return { entry: changed(ctx, setting ?? { namespace, key }, { taken_back: true }) }
  })
}

export function validateConfig(
  { configuration }: Context,
  { text }: Input<'validateConfig'>,
): Output<'validateConfig'> {
  const errors = configuration.check(text)
  return { valid: errors.length === 0, errors }
}

export const reload = ({ configuration }: Context): Output<'reload'> => configuration.reload()

/**
 * Tells every process on this database, this one too, that the configuration is another: each of them sees a new word
 * here before it does the next thing. A word, not a number, so that one that was rolled back cannot be met again.
 */
export function renewConfig(store: Store): void {
  store.meta.set('config_version', randomWord(12))
}

/** What of the configuration is kept in rows, because all processes have to read the same of it. */
export function keepInRows(store: Store, { project, limits }: Config, root: string, now: string): void {
  const known = store.projects.get()
  const fields = { name: project.name, repo_path: root, prd_path: project.prd_path, now }
  if (known) store.projects.update({ ...fields, id: known.id })
  else store.projects.insert({ ...fields, id: newId('project') })
  store.meta.set('max_running', JSON.stringify(limits.max_running))
}

type Named = Pick<Setting, 'namespace' | 'key'>

function changed<S extends Setting | Named>(ctx: Context, setting: S, data: Record<string, unknown>) {
  const { store, config, actor, configuration } = ctx
  const now = timestamp(ctx.clock())
  renewConfig(store)
  configuration.refresh()
  keepInRows(store, config, ctx.projectRoot, now)
  const { namespace, key } = setting
  store.audit.append({ at: now, event: 'config.changed', actor, data: { namespace, key, ...data } })
  const { over } = withOverrides(configuration.layers().base, store.config.list())
  return ('name' in setting ? entryOf(ctx, setting, over) : null) as S extends Setting
    ? ConfigEntry
    : ConfigEntry | null
}

function entryOf(
  { configuration }: Context,
  setting: Setting,
  overrides: ReturnType<typeof withOverrides>['over'],
): ConfigEntry {
  const { defaults, file, base } = configuration.layers()
  const { namespace, key, name, restart, fixed } = setting
  const said = valueIn(file, setting)
  const over = overrides.get(name)
  return {
    ...{ namespace, key, name, restart, fixed },
    value: over ? over.value : valueIn(base, setting),
    source: over ? 'override' : said === undefined ? 'default' : 'file',
    default: valueIn(defaults, setting),
    file: said ?? null,
    is_in_file: said !== undefined,
    updated_at: over?.updated_at ?? null,
  }
}
