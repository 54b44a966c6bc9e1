import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { type Config, ConfigFile, defaultConfig } from './config.ts'
import { invalid, notFound } from './errors.ts'
import { Json, Nullable, oneOf, Timestamp } from './fields.ts'
import { didYouMean } from './nearest.ts'
import { findErrors } from './validate.ts'

/** Where a value comes from; each goes over the ones before it. */
export const configSources = ['default', 'file', 'override'] as const

/** What has to start again before a change counts. */
export const restarts = ['server', 'runner'] as const

/** One setting with its value, and the layers below it. */
export const ConfigEntry = Type.Object({
  namespace: Type.String(),
  key: Type.String(),
  name: Type.String({ description: 'as it is typed: server.port' }),
  value: Json,
  source: oneOf(configSources),
  default: Json,
  file: Json,
  is_in_file: Type.Boolean({ description: 'the file says something of it: that is `file`' }),
  updated_at: Nullable(Timestamp),
  restart: Nullable(oneOf(restarts)),
  fixed: Nullable(Type.String({ description: 'why only the file can say it' })),
})
export type ConfigEntry = Static<typeof ConfigEntry>

/** A mistake in the text of a `sparkq.yml`; line and column count from 1. */
export const ConfigProblem = Type.Object({
  line: Type.Integer(),
  column: Type.Integer(),
  name: Nullable(Type.String({ description: 'the setting that it is about' })),
  message: Type.String(),
  meant: Nullable(Type.String({ description: 'the nearest known name' })),
})
export type ConfigProblem = Static<typeof ConfigProblem>

/** A row of the table `config`. */
export type Override = { namespace: string; key: string; value: unknown; updated_at: string }

/**
 * @property name    as it is typed: `server.port`, and `script_dirs` for what is in no section
 * @property initial the default
 * @property fixed   why nothing can go over what the file says of it
 */
export type Setting = {
  namespace: string
  key: string
  name: string
  schema: TSchema
  initial: unknown
  restart: (typeof restarts)[number] | null
  fixed: string | null
}

const restartOf: Record<string, Setting['restart']> = {
  'project.repo_path': 'server',
  'server.host': 'server',
  'server.port': 'server',
  'database.path': 'server',
  'queue_runner.lock_dir': 'runner',
  'queue_runner.keep_awake': 'runner',
}

const fixedOf: Record<string, string> = {
  'project.repo_path': 'it says where the project is',
  'database.path': 'it says where the database is, which is where overrides are kept',
  'database.mode': 'there is no other mode',
  'queue_runner.base_url': 'it says whether the database of this project is asked at all',
}

/** Every setting there is, in the order of the file. Tools and task classes are things of their own. */
export const settings: readonly Setting[] = Object.entries(ConfigFile.properties).flatMap(
  ([namespace, section]: [string, TSchema]) => {
    if (section.patternProperties) return []
    const initial = defaultConfig[namespace as keyof Config]
    if (!section.properties) return [setting(namespace, namespace, namespace, section, initial)]
    return Object.entries(section.properties as Record<string, TSchema>).map(([key, schema]) =>
      setting(namespace, key, `${namespace}.${key}`, schema, (initial as Record<string, unknown>)[key]),
    )
  },
)

function setting(namespace: string, key: string, name: string, schema: TSchema, initial: unknown): Setting {
  const [restart, fixed] = [restartOf[name] ?? null, fixedOf[name] ?? null]
  return { namespace, key, name, schema, initial, restart, fixed }
}

/** @throws not_found with the nearest one, or with where tools and classes are changed */
export function findSetting(namespace: string, key: string): Setting {
  const found = settings.find(it => it.namespace === namespace && it.key === key)
  if (found) return found
  const name = namespace === key ? namespace : `${namespace}.${key}`
  const other = { tools: 'tools', task_classes: 'classes' }[namespace]
  if (other) throw notFound(`"${name}" is no setting: sparkq ${other} has it.`, `sparkq ${other}`)
  throw notFound(
    `There is no setting "${name}".${didYouMean(name, namesNear(namespace, key))}`,
    'sparkq config',
  )
}

/** Its own section first: a key is more easily mistyped than a section. */
function namesNear(namespace: string, key: string): string[] {
  const inSection = settings.filter(it => it.namespace === namespace).map(it => it.name)
  const sameKey = settings.filter(it => it.key === key).map(it => it.name)
  if (inSection.length > 0) return inSection
  return sameKey.length > 0 ? sameKey : settings.map(it => it.name)
}

/** Half a sentence that says what is wrong with a value; undefined when nothing is. */
export function refusal({ schema }: Pick<Setting, 'schema'>, value: unknown): string | undefined {
  const [error] = findErrors(schema, value)
  if (!error) return undefined
  const place = error.pointer.slice(1).replaceAll('/', '.')
  return place === '' ? error.detail : `${place} ${error.detail}`
}

/** @throws invalid when nothing can go over the file's value, or not this */
export function requireOverridable(it: Setting, value: unknown): void {
  if (it.fixed !== null)
    throw invalid(`${it.name} is for the file alone: ${it.fixed}.`, {
      hint: `sparkq config set ${it.name} VALUE`,
    })
  const detail = refusal(it, value)
  if (detail === undefined) return
  throw invalid(`${it.name} ${detail}.`, {
    hint: `sparkq config get ${it.name}`,
    errors: [{ pointer: '/value', detail }],
  })
}

/** An override that counts for nothing, and why. */
export type Ignored = { name: string; sentence: string }

/**
 * A configuration with the overrides over it, by their names. One that is no longer accepted (an older SparkQ did) is left
 * out: `ignored` says of each why, in a sentence.
 */
export function withOverrides(
  base: Config,
  overrides: readonly Override[],
): { config: Config; over: ReadonlyMap<string, Override>; ignored: Ignored[] } {
  const config: Record<string, unknown> = { ...base }
  const over = new Map<string, Override>()
  const ignored: Ignored[] = []
  for (const it of overrides) {
    const known = settings.find(one => one.namespace === it.namespace && one.key === it.key)
    const why = known ? (known.fixed ?? refusal(known, it.value)) : 'there is no such setting'
    if (known && why === undefined) {
      put(config, known, it.value)
      over.set(known.name, it)
    } else {
      const name = known?.name ?? `${it.namespace}.${it.key}`
      const sentence = `The override of ${name} (${JSON.stringify(it.value)}) is ignored: ${why}.`
      ignored.push({ name, sentence })
    }
  }
  return { config: config as Config, over, ignored }
}

function put(config: Record<string, unknown>, { namespace, key, name }: Setting, value: unknown): void {
  config[namespace] =
    name === namespace ? value : { ...(config[namespace] as Record<string, unknown>), [key]: value }
}

/** What a configuration, whole or as a file has it, says of a setting; undefined where it says nothing. */
export function valueIn(config: Config | ConfigFile, { namespace, key, name }: Setting): unknown {
  const section = config[namespace as keyof Config] as Record<string, unknown> | undefined
  return name === namespace ? section : section?.[key]
}
