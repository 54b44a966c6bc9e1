import type { ConfigEntry, Setting } from '../contract/settings.ts'
import { findSetting, refusal, settings } from '../contract/settings.ts'
import { readYaml } from '../yaml-text.ts'

/** What stands in a `sparkq.yml` under a name: a setting, or (part of) a tool or class. */
export type Key = { name: string; steps: string[]; setting?: Setting }

export const keyArg = { value: 'KEY', kind: 'setting', describe: 'the setting: limits.stop_grace' } as const

const fields: Record<string, readonly string[]> = {
  tools: ['description', 'task_class', 'timeout', 'command'],
  task_classes: ['description', 'timeout'],
}

/** @throws not_found with the nearest setting */
export function readKey(name: string): Key {
  const setting = settings.find(it => it.name === name)
  if (setting) return { name, setting, steps: stepsOf(setting) }
  const [, section = '', rest = ''] = /^(tools|task_classes)\.(.+)$/.exec(name) ?? []
  if (section) {
    const field = fields[section]?.find(it => rest.endsWith(`.${it}`))
    if (field === undefined) return { name, steps: [section, rest] }
    return { name, steps: [section, rest.slice(0, -field.length - 1), field] }
  }
  return readSetting(name) as never
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
export function readValue(text: string, { setting }: Pick<Key, 'setting'>): unknown {
  const { problem, value } = readYaml(text)
  const said = problem ? text : value
  return setting && refusal(setting, said) !== undefined && refusal(setting, text) === undefined ? text : said
}

/** A value in one line: a text as it is, anything else as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** When a change counts, where that is not at once. */
export const restartText = ({ restart }: Pick<ConfigEntry, 'restart'>): string =>
  restart === null ? '' : `counts when the ${restart} starts again`
