import type { ConfigEntry } from '../../contract/settings.ts'
import type { TaskClass, Tool } from '../../contract/tools.ts'
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
    task_classes: byName(classes, ({ timeout, description }) => ({ timeout, description })),
    tools: byName(tools, ({ description, task_class, timeout, command }) => ({
      ...{ description, task_class, timeout, command },
    })),
    ...Object.fromEntries(config.filter(it => it.name === it.namespace).map(it => [it.name, it.value])),
  }
}

/** Without what is not said of them. */
function byName<T extends { name: string }>(all: T[], fields: (it: T) => Record<string, unknown>) {
  const said = (it: T) => Object.entries(fields(it)).filter(([, value]) => value !== null)
  return Object.fromEntries(all.map(it => [it.name, Object.fromEntries(said(it))]))
}
