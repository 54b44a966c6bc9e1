import type { TSchema } from '@sinclair/typebox'
import { TaskClassSetting, ToolSetting } from '../contract/config.ts'
import { invalid } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { ConfigEntry, Setting } from '../contract/settings.ts'
import { findSetting, refusal, settings } from '../contract/settings.ts'
import { readYaml } from '../yaml-text.ts'

/**
 * What stands in a `sparkq.yml` under a name: a setting, or (part of) a tool or class.
 * @property schema what its value must be; a whole tool or class has none here
 */
export type Key = { name: string; steps: string[]; setting?: Setting; schema?: TSchema }

export const keyArg = { value: 'KEY', kind: 'setting', describe: 'the setting: limits.stop_grace' } as const

const parts: Record<string, { noun: string; fields: Record<string, TSchema> }> = {
  tools: { noun: 'tool', fields: ToolSetting.properties },
  task_classes: { noun: 'task class', fields: TaskClassSetting.properties },
}

/** @throws not_found with the nearest setting */
export function readKey(name: string): Key {
  const setting = settings.find(it => it.name === name)
  if (setting) return { name, setting, schema: setting.schema, steps: stepsOf(setting) }
  const [, section = '', rest = ''] = /^(tools|task_classes)\.(.+)$/.exec(name) ?? []
  if (section) {
    const fields = parts[section]?.fields ?? {}
    const field = Object.keys(fields).find(it => rest.endsWith(`.${it}`))
    if (field === undefined) return { name, steps: [section, rest] }
    const steps = [section, rest.slice(0, -field.length - 1), field]
    return { name, steps, schema: fields[field] as TSchema }
  }
  return readSetting(name) as never
}

/**
 * Of a name that can only be meant as a field: a tool's own name may have dots in it, but then stands for all of the tool.
 * @throws invalid with the nearest field
 */
export function refuseField({ name, steps: [section = '', rest = '', field] }: Key): void {
  const part = parts[section]
  const dot = rest.lastIndexOf('.')
  if (!part || field !== undefined || dot === -1) return
  const typed = rest.slice(dot + 1)
  const known = Object.keys(part.fields)
  throw invalid(`${name}: a ${part.noun} has no "${typed}".${didYouMean(typed, known)}`, {
    hint: `sparkq ${section === 'tools' ? 'tools' : 'classes'}`,
  })
}

export function readSetting(name: string): Setting {
  const { namespace, key } = addressOf(name)
  return findSetting(namespace, key)
}

/** Where a name points to, be there such a setting or (an older SparkQ had it) not. */
export function addressOf(name: string): Pick<Setting, 'namespace' | 'key'> {
  const known = settings.find(it => it.name === name)
  if (known) return known
  const dot = name.indexOf('.')
  return dot === -1
    ? { namespace: name, key: name }
    : { namespace: name.slice(0, dot), key: name.slice(dot + 1) }
}

const stepsOf = ({ namespace, key, name }: Setting): string[] =>
  name === namespace ? [namespace] : [namespace, key]

/** As YAML says it: 5, true, null, a text, [a, b]. Where that does not fit and the characters themselves do, they count. */
export function readValue(text: string, { schema }: Pick<Key, 'schema'>): unknown {
  const { problem, value } = readYaml(text)
  const said = problem ? text : value
  const fits = (it: unknown) => schema === undefined || refusal({ schema }, it) === undefined
  return !fits(said) && fits(text) ? text : said
}

/** A value in one line: a text as it is, anything else as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** When a change counts, where that is not at once. */
export const restartText = ({ restart }: Pick<ConfigEntry, 'restart'>): string =>
  restart === null ? '' : `counts when the ${restart} starts again`
