import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Project } from '../../config.ts'

/** What a service manager is told: how the server of a project is started, whoever writes that down in whatever form. */
export type About = {
  /** Says which project it is to people, and is another for each place. */
  name: string
  folder: string
  argv: string[]
  env: Record<string, string>
}

/** What tasks and runners need of the shell that a service was installed from. */
const kept = ['PATH', 'SPARKQ_RUNNER_LOCK_DIR'] as const

/**
 * The same node and the same program as now, as `sparkq start` would start it. It goes on as before: a lane whose runner
 * was stopped by name is not worked again because the server was.
 */
export function aboutService({ configFile }: Pick<Project, 'configFile'>, env: NodeJS.ProcessEnv): About {
  const folder = path.dirname(configFile)
  const own = kept.flatMap(name => (env[name] ? [[name, env[name]] as const] : []))
  return {
    name: nameOf(configFile),
    folder,
    argv: [process.execPath, ...process.execArgv, process.argv[1] as string, 'run', '--all', '--as-before'],
    env: { ...Object.fromEntries(own), SPARKQ_CONFIG: configFile },
  }
}

function nameOf(configFile: string): string {
  const slug = path
    .basename(path.dirname(configFile))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  const hash = createHash('sha256').update(configFile).digest('hex').slice(0, 8)
  return ['sparkq', slug, hash].filter(part => part !== '').join('-')
}
