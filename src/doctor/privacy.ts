import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { serverLockPath, tokenPath } from '../server/places.ts'
import { broken, type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const privacyChecks: readonly Check[] = [
  { name: 'permissions', look: lookAtModes },
  { name: 'git', look: lookAtGit },
]

/** What is the user's alone. A database elsewhere lies in a folder that is somebody else's matter. */
function lookAtModes({ project, typed }: Site): Finding[] {
  const { database, logs } = project
  const data = path.dirname(tokenPath(project))
  const files = [
    database,
    // SQLite makes them, for us too, with the mode that the database has.
    ...(isOpen(database) ? [] : ['-wal', '-shm'].map(end => database + end)),
    tokenPath(project),
    serverLockPath(project),
    path.join(logs, 'sparkq.log'),
  ]
  const found = [
    ...[data, logs].filter(isOpen).map(folder => ({ file: folder, mode: '700' })),
    ...files.filter(isOpen).map(file => ({ file, mode: '600' })),
  ]
  return orOk(
    found.map(({ file, mode }) =>
      broken(`Others on this machine may look into ${typed(file)}.`, `chmod ${mode} ${typed(file)}`),
    ),
    'data, logs and locks are yours alone',
  )
}

const isOpen = (file: string): boolean =>
  ((fs.statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0

function lookAtGit({ project, typed, env }: Site): Finding[] {
  const folder = path.dirname(project.configFile)
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] })
  if (git('rev-parse', '--is-inside-work-tree').stdout?.trim() !== 'true')
    return [ok('this is no git work tree')]
  const places = [project.database, project.logs, tokenPath(project), serverLockPath(project)]
  const inTree = places.filter(file => !path.relative(folder, file).startsWith('..'))
  const tracked = git('ls-files', '--', ...inTree).stdout.trim()
  const seen = inTree.filter(file => git('check-ignore', '--quiet', '--no-index', file).status === 1)
  const isOurs = (file: string) => /^sparkq\/(data|logs)(\/|$)/.test(path.relative(folder, file))
  const found: Finding[] = []
  if (seen.some(isOurs))
    found.push(
      warning(
        'Git does not ignore sparkq/data and sparkq/logs.',
        `printf 'data/\\nlogs/\\n' >> ${typed(path.join(folder, 'sparkq/.gitignore'))}`,
      ),
    )
  for (const file of seen.filter(it => !isOurs(it)))
    found.push(warning(`Git does not ignore ${typed(file)}.`, 'sparkq setup --yes'))
  if (tracked !== '')
    found.push(
      warning(
        `Git keeps ${tracked.split('\n')[0]}.`,
        `git rm -r --cached --ignore-unmatch ${inTree.map(typed).join(' ')}`,
      ),
    )
  return orOk(found, 'git ignores data, logs and locks')
}
