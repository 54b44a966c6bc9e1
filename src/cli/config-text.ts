import type { ConfigEntry } from '../contract/settings.ts'
import type { Context } from './command.ts'
import { type Key, restartText, valueText } from './config-key.ts'
import { sayNext } from './hints.ts'
import { ifAny } from './lanes.ts'
import { type Face, printJson } from './terminal.ts'
import { oneLine } from './text.ts'

/** Applies the file that was just written, and says what counts now. */
export async function sayFileEdit(
  { options, terminal, connect }: Pick<Context, 'terminal' | 'connect'> & { options: { json: boolean } },
  key: Key,
  headline: string,
): Promise<undefined> {
  // Whoever opens the database brings it in step with the file: then it counts for all who work with it.
  const { api, remote } = await connect()
  const [section, name = ''] = key.steps
  const entry = key.setting
    ? ((await api.listConfig()).config.find(it => it.name === key.name) as ConfigEntry)
    : undefined
  if (options.json) {
    if (entry) return printJson(terminal.out, { entry })
    const answer = section === 'tools' ? ifAny(api.getTool({ name })) : ifAny(api.getTaskClass({ name }))
    return printJson(terminal.out, (await answer) ?? { [section === 'tools' ? 'tool' : 'task_class']: null })
  }
  terminal.out.line(headline)
  if (remote) {
    terminal.err.line('The server that is asked here has a file of its own: there it counts for nothing.')
    return
  }
  if (entry?.source === 'override') {
    terminal.err.line(`Something else goes over it, and counts: ${oneLine(valueText(entry.value))}`)
    sayNext(terminal.err, [[`sparkq config unset ${key.name} --override`, 'take that back']])
  } else if (entry) sayCounts(terminal.err, entry)
}

/** When a change counts, where that is not now. */
export function sayCounts(err: Face, entry: ConfigEntry): void {
  const text = restartText(entry)
  if (text === '') return
  err.line(`It ${text}.`)
  if (entry.restart === 'server') sayNext(err, [['sparkq restart', 'if it runs']])
}
