import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Project } from '../../config.ts'
import { unusable } from '../../contract/errors.ts'
import { type About, aboutService } from './about.ts'
import { renderPlist } from './plist.ts'
import { renderUnit } from './unit.ts'

/** A project's server as a service of this user: started at login, and again when it fails. */
export type Service = {
  name: string
  file: string
  /** What is to stand in the file. */
  text: string
  /** What to type where the manager does not answer now. */
  later: string[]
  /** What takes over a file that has changed under a server that runs. */
  restart: string
  /** What lets it run while nobody is logged in; null where that cannot be. */
  linger: string | null
  /**
   * Has it started at each login, and `now`.
   * @returns why the manager does not answer; undefined when it did as it was told
   * @throws unusable with what it said when it answers and refuses
   */
  enable(now: boolean): string | undefined
  /** Stops it, and has it started no more; as far as somebody answers. Before the file is removed. */
  disable(): void
  /** After the file was removed. */
  forget(): void
  /** null: nobody answers. */
  state(): { enabled: boolean; active: boolean } | null
}

/** Stopping may take the server as long as it gives itself. */
const limitMs = 60_000

/** undefined on a system whose services we do not know. */
export function findService(
  project: Pick<Project, 'configFile'>,
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): Service | undefined {
  const about = aboutService(project, env)
  if (platform === 'linux') return systemd(about, env)
  return platform === 'darwin' ? launchd(about, env) : undefined
}

/** Stops and removes it. @returns whether there was one */
export function removeService(service: Service): boolean {
  if (!fs.existsSync(service.file)) return false
  service.disable()
  fs.rmSync(service.file, { force: true })
  service.forget()
  return true
}

function systemd(about: About, env: NodeJS.ProcessEnv): Service {
  const folder = path.join(env.XDG_CONFIG_HOME || path.join(homeOf(env), '.config'), 'systemd/user')
  const unit = `${about.name}.service`
  const ask = (...words: string[]) => run(env, 'systemctl', '--user', ...words)
  return {
    name: about.name,
    file: path.join(folder, unit),
    text: renderUnit(about),
    later: ['systemctl --user daemon-reload', `systemctl --user enable --now ${unit}`],
    restart: `systemctl --user restart ${unit}`,
    linger: 'loginctl enable-linger',
    enable: now => {
      const answer = ask('daemon-reload')
      if (!answer.ok) return answer.words
      mustWork(ask('enable', ...(now ? ['--now'] : []), unit), `systemctl --user status ${unit}`)
      return undefined
    },
    disable: () => {
      ask('disable', '--now', unit)
      // Where nobody answers, the link that starts it is still there.
      fs.rmSync(path.join(folder, 'default.target.wants', unit), { force: true })
    },
    forget: () => {
      ask('daemon-reload')
      ask('reset-failed', unit)
    },
    state: () => {
      if (!ask('show-environment').ok) return null
      return { enabled: ask('is-enabled', '--quiet', unit).ok, active: ask('is-active', '--quiet', unit).ok }
    },
  }
}

/** What lies in the folder is started at login; `launchctl` is for now. */
function launchd(about: About, env: NodeJS.ProcessEnv): Service {
  const file = path.join(homeOf(env), 'Library/LaunchAgents', `${about.name}.plist`)
  const domain = `gui/${process.getuid?.()}`
  const target = `${domain}/${about.name}`
  const ask = (...words: string[]) => run(env, 'launchctl', ...words)
  return {
    name: about.name,
    file,
    text: renderPlist(about),
    later: [`launchctl bootstrap ${domain} '${file.replaceAll("'", `'\\''`)}'`],
    restart: `launchctl kickstart -k ${target}`,
    linger: null,
    enable: now => {
      if (!now || ask('print', target).ok) return undefined
      const answer = ask('bootstrap', domain, file)
      return answer.ok ? undefined : answer.words
    },
    disable: () => {
      ask('bootout', target)
    },
    forget: () => {},
    state: () => {
      const { ok, words } = ask('print', target)
      return { enabled: fs.existsSync(file), active: ok && /state = running/.test(words) }
    },
  }
}

type Answer = { ok: boolean; words: string }

function run(env: NodeJS.ProcessEnv, program: string, ...args: string[]): Answer {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    ...{ env, encoding: 'utf8', timeout: limitMs },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (error)
    return { ok: false, words: `${program} cannot be run (${(error as NodeJS.ErrnoException).code})` }
  return { ok: status === 0, words: (stderr || stdout).trim() }
}

function mustWork({ ok, words }: Answer, hint: string): void {
  if (!ok) throw unusable(`It could not be started: ${words || 'nobody says why'}`, hint)
}

const homeOf = (env: NodeJS.ProcessEnv): string => env.HOME || os.homedir()
