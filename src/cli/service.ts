import type { Project } from '../config.ts'
import { unusable } from '../contract/errors.ts'
import { findService, type Service } from '../server/service/manager.ts'

/** @throws unusable on a system whose services we do not know */
export function requireService(project: Project, env: NodeJS.ProcessEnv): Service {
  const service = findService(project, env)
  if (service) return service
  throw unusable(`There is no way known to install a service on ${process.platform}.`, 'sparkq start --all')
}
