import fs from 'node:fs'
import { findProject } from '../../config.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { requireService } from '../service.ts'
import { printJson } from '../terminal.ts'
import { oneLine, padEnd } from '../text.ts'

export const command = defineCommand({
  summary: 'Say whether the service is installed, and whether it runs.',
  options: { json: jsonOption },
  examples: ['sparkq service status'],
  local: true,
  run: async ({ options, terminal: { out, err }, cwd, env }) => {
    const service = requireService(findProject(cwd, env), env)
    const { name, file, text } = service
    const installed = fs.existsSync(file)
    const current = installed && withoutPath(fs.readFileSync(file, 'utf8')) === withoutPath(text)
    const state = installed ? service.state() : { enabled: false, active: false }
    const { enabled, active } = state ?? { enabled: null, active: null }
    if (options.json) {
      printJson(out, { name, file, installed, current, enabled, active })
      return 0
    }
    if (!installed) {
      out.line('No service of this project is installed.')
      sayNext(err, [['sparkq service install', 'start the server at each login']])
      return 0
    }
    out.line(`${name} · ${oneLine(file)}`)
    const row = (label: string, is: boolean | null): void =>
      out.line(
        `  ${padEnd(label, 10)}${is === null ? 'not known: nobody answers who could say' : is ? 'yes' : 'no'}`,
      )
    row('runs', active)
    row('at login', enabled)
    if (!current) {
      out.line('It is not what would be installed now.')
      sayNext(err, [['sparkq service install', 'bring it up to date']])
    }
    return 0
  },
})

/** Another shell's PATH makes no other service. */
const withoutPath = (text: string): string => text.replace(/^.*\bPATH(=|<\/key>).*$/m, '')
