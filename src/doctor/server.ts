import fs from 'node:fs'
import { relative } from '../contract/time-text.ts'
import { findServer, nameServer } from '../server/lock.ts'
import { serverLockPath } from '../server/places.ts'
import { findPortHolder } from '../server/port-holder.ts'
import { findService } from '../server/service/manager.ts'
import { broken, type Check, type Finding, ok, warning } from './check.ts'
import type { Site } from './site.ts'

export const serverChecks: readonly Check[] = [
  { name: 'server', look: lookAtServer },
  { name: 'access', look: lookAtAccess },
  { name: 'service', look: lookAtService },
  { name: 'notify', look: lookAtNotify },
]

async function lookAtServer({ project }: Site): Promise<Finding> {
  const holder = findServer(serverLockPath(project))
  if (!holder) return lookAtPort(project.config.server.port)
  if (holder.address === null) return ok(`${nameServer(holder)}`)
  // A client costs more to load than all the rest.
  const { whySilent } = await import('../server/client.ts')
  const silent = await whySilent(holder.address)
  if (silent === undefined) return ok(nameServer(holder))
  return broken(`The server (${nameServer(holder)}) does not answer: ${silent}`, 'sparkq restart')
}

function lookAtPort(port: number): Finding {
  const other = port === 0 ? undefined : findPortHolder(port)
  if (!other) return ok('none runs')
  const who = `process ${other.pid}${other.command === null ? '' : `, ${other.command.slice(0, 60)}`}`
  return warning(`None runs, and its port ${port} is another's (${who}).`, 'sparkq start --port 0')
}

function lookAtAccess({ project, typed }: Site): Finding {
  const { access, host } = project.config.server
  if (access !== 'open') return ok(`this machine's user alone, others with the token (${host})`)
  return warning(
    'Whoever reaches the server may run anything here (server.access: open).',
    `edit ${typed(project.configFile)}`,
    'sparkq reload',
  )
}

function lookAtService({ project, env }: Site): Finding {
  const service = findService(project, env)
  if (!service || !fs.existsSync(service.file)) return ok('none is installed')
  const state = service.state()
  if (state === null) return ok(`${service.name} is installed; nobody answers who could say whether it runs`)
  if (!state.enabled)
    return warning(`${service.name} is installed, and is not started at login.`, ...service.later)
  return ok(`${service.name} is started at login${state.active ? ', and runs' : ''}`)
}

function lookAtNotify({ inspect, project }: Site): Finding {
  const failed = inspect().version() > 1 ? inspect().failedNotification() : undefined
  if (failed)
    return warning(`The last one failed ${relative(failed.at)}: ${failed.error}`, 'sparkq notify test')
  const { command, desktop } = project.config.notify
  return ok(
    [command === null ? '' : 'a command', desktop ? 'the desktop' : ''].filter(Boolean).join(', ') || 'off',
  )
}
