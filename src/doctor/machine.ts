import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { findShortage, nearestFolder } from '../attempt-files/space.ts'
import { shortSpace } from '../contract/space-text.ts'
import { relative } from '../contract/time-text.ts'
import { findProgram } from '../processes/find-program.ts'
import { broken, type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

const oldestNode = 24
const gigabyte = 1024 ** 3

/** What SparkQ asks of a program, and what is lost without it. */
const programs = [
  { name: 'bash', without: 'No task can run', state: broken },
  { name: 'python3', without: 'Tasks of run-python cannot run', state: warning },
  { name: 'git', without: 'What git ignores is not known, nor what tasks change', state: warning },
  ...(process.platform === 'linux'
    ? [{ name: 'fallocate', without: 'Output beyond limits.max_output_mb is not cut', state: warning }]
    : []),
] as const

const installers = ['apt-get', 'dnf', 'pacman', 'zypper', 'apk', 'brew'] as const
const packages: Record<string, string> = { fallocate: 'util-linux', python3: 'python3' }

export const machineChecks: readonly Check[] = [
  { name: 'node', anywhere: true, look: lookAtNode },
  { name: 'programs', anywhere: true, look: lookAtPrograms },
  { name: 'disk', look: lookAtDisk },
  { name: 'clock', look: lookAtClock },
  { name: 'sleep', look: lookAtSleep },
]

function lookAtNode(): Finding {
  const { node, sqlite } = process.versions
  if (Number(node.split('.')[0]) >= oldestNode) return ok(`Node ${node}, SQLite ${sqlite}`)
  return broken(
    `SparkQ needs Node ${oldestNode} or newer; this is ${node}.`,
    `npm install -g node@${oldestNode}`,
  )
}

async function lookAtPrograms({ env }: Site): Promise<Finding[]> {
  const found = programs.map(program => ({ ...program, file: findProgram(program.name, env) }))
  const missing = found
    .filter(({ file }) => file === undefined)
    .map(({ name, without, state }) => state(`There is no ${name}. ${without}.`, installCommand(name, env)))
  const versions = await Promise.all(found.map(({ name, file }) => (file ? versionOf(name, file) : '')))
  return orOk(missing, versions.filter(text => text !== '').join(' · '))
}

function installCommand(program: string, env: NodeJS.ProcessEnv): string {
  const installer = installers.find(name => findProgram(name, env)) ?? installers[0]
  const verb = { pacman: '-S', apk: 'add' }[installer as string] ?? 'install'
  const sudo = installer === 'brew' || process.getuid?.() === 0 ? '' : 'sudo '
  return `${sudo}${installer} ${verb} ${packages[program] ?? program}`
}

/** `git 2.47.3`, from whatever a program says of its version. */
function versionOf(name: string, file: string): Promise<string> {
  return new Promise(resolve => {
    execFile(file, ['--version'], { timeout: 5000 }, (_, stdout) => {
      const version = /\d+(\.\d+)+/.exec(stdout)?.[0]
      resolve(version === undefined ? name : `${name} ${version}`)
    })
  })
}

function lookAtDisk({ project }: Site): Finding {
  const folders = [path.dirname(project.database), project.logs]
  const shortage = findShortage(folders, project.config.limits.min_free_mb)
  if (shortage) {
    const sentence = shortSpace(shortage)
    return broken(`Lanes wait: ${sentence} (limits.min_free_mb).`, 'sparkq purge', `df -h ${shortage.folder}`)
  }
  const { bavail, bsize } = fs.statfsSync(nearestFolder(project.logs))
  return ok(`${((bavail * bsize) / gigabyte).toFixed(1)} GB free`)
}

/** A minute: another machine's clock may be that far off. */
const tolerableMs = 60_000

function lookAtClock({ inspect }: Site): Finding {
  const last = inspect().lastEvent()
  if (!last) return ok('nothing has happened yet')
  if (Date.parse(last.latest_at) < Date.now() + tolerableMs)
    return ok(`the last event was ${relative(last.latest_at)}`)
  return warning(
    `The last event is dated ${relative(last.latest_at)}: the clock was moved back, or is wrong.`,
    process.platform === 'darwin' ? 'sudo sntp -sS time.apple.com' : 'timedatectl set-ntp true',
  )
}

function lookAtSleep({ project, env }: Site): Finding {
  if (!project.config.queue_runner.keep_awake)
    return ok('the machine may fall asleep while tasks run (keep_awake)')
  const name = process.platform === 'darwin' ? 'caffeinate' : 'systemd-inhibit'
  if (findProgram(name, env)) return ok(`${name} keeps the machine awake while tasks run`)
  return ok(`there is no ${name}: nothing keeps this machine awake, should it be one that sleeps`)
}
