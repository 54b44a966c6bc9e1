import { isDeepStrictEqual } from 'node:util'
import type { TObject } from '@sinclair/typebox'
import { TaskClassSetting, ToolSetting } from '../../contract/config.ts'
import type { ConfigEntry } from '../../contract/settings.ts'
import { noAgent, type TaskClass, type Tool } from '../../contract/tools.ts'
import { renderYaml } from '../../yaml-edit.ts'
import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Print the configuration that counts, as a sparkq.yml.',
  options: { json: jsonOption },
  notes: `Defaults, file, overrides, and the tools and classes as they are now: what it prints, taken as the file, says all of it.`,
  examples: ['sparkq config-export', 'sparkq config-export --json'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const [{ config }, { tools }, { task_classes }] = await Promise.all([
      api.listConfig(),
      api.listTools(),
      api.listTaskClasses(),
    ])
    const file = toFile(config, tools, task_classes)
    if (options.json) return printJson(terminal.out, file)
    terminal.out.data(
      renderYaml(file, '# What counts: the defaults, sparkq.yml, and what was set over it.').trimEnd(),
    )
  },
})

function toFile(config: ConfigEntry[], tools: Tool[], classes: TaskClass[]): Record<string, unknown> {
  const file: Record<string, Record<string, unknown> | unknown> = {}
  for (const { namespace, key, name, value } of config) {
    if (name === namespace) continue
    file[namespace] = { ...(file[namespace] as object), [key]: value }
  }
  return {
    ...file,
    task_classes: byName(classes, TaskClassSetting),
    tools: byName(tools, ToolSetting),
    ...Object.fromEntries(config.filter(it => it.name === it.namespace).map(it => [it.name, it.value])),
  }
}

/** What the file can say of each of them, without what is as it is where nothing is said. */
function byName<T extends { name: string }>(all: T[], { properties }: TObject) {
  const said = (it: T) =>
    Object.keys(properties)
      .map(key => [key, Reflect.get(it, key)] as const)
      .filter(([key, value]) => value !== null && !isDeepStrictEqual(value, Reflect.get(noAgent, key)))
  return Object.fromEntries(all.map(it => [it.name, Object.fromEntries(said(it))]))
}
