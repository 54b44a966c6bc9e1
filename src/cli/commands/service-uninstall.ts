import { findProject } from '../../config.ts'
import { removeService } from '../../server/service/manager.ts'
import { defineCommand } from '../command.ts'
import { requireService } from '../service.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Stop the service, and start it at login no more.',
  notes: 'Tasks that run go on; the next runner of their lane takes them up. Done twice, it changes nothing.',
  examples: ['sparkq service uninstall'],
  local: true,
  run: async ({ terminal: { out }, cwd, env }) => {
    const service = requireService(findProject(cwd, env), env)
    const removed = removeService(service)
    const { name, file } = service
    out.line(removed ? `Removed ${name} · ${oneLine(file)}` : 'No service of this project is installed.')
    return 0
  },
})
