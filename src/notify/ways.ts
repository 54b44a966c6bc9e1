import type { Config } from '../contract/config.ts'
import { findProgram } from '../processes/find-program.ts'
import type { Notice } from './notice.ts'

/** How a person is told: by a command of their own, and on the desktop. */
export type Way = 'command' | 'desktop'
export type Program = { argv: [string, ...string[]]; input: string }

/** The ways that are open to a process with this environment. */
export function waysOf(
  { command, desktop }: Config['notify'],
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): Way[] {
  const ways: Way[] = []
  if (command !== null) ways.push('command')
  if (desktop && desktopProgram(env, platform)) ways.push('desktop')
  return ways
}

export function programOf(
  way: Way,
  { command }: Config['notify'],
  notice: Notice,
  platform = process.platform,
): Program {
  if (way === 'command') return { argv: ['sh', '-c', command as string], input: JSON.stringify(notice) }
  const title = `SparkQ · ${notice.project.name}`
  return { argv: platform === 'darwin' ? osascript(title, notice) : notifySend(title, notice), input: '' }
}

/** What shows notifications on this desktop; undefined where there is no desktop to show them on. */
function desktopProgram(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (platform === 'darwin') return findProgram('osascript', env)
  const hasDesktop = env.DISPLAY || env.WAYLAND_DISPLAY || env.DBUS_SESSION_BUS_ADDRESS
  return hasDesktop ? findProgram('notify-send', env) : undefined
}

/**
 * What a task wrote must stay text. The body is markup to many desktops, and notify-send itself undoes backslash escapes
 * in it first (`g_strcompress` in libnotify's tools/notify-send.c), so that `\074` would be a `<` again.
 * https://specifications.freedesktop.org/notification-spec/latest/markup.html
 */
function notifySend(title: string, { message }: Notice): Program['argv'] {
  const body = message
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\\', '\\\\')
  return ['notify-send', '--app-name=SparkQ', '--', title, body]
}

/** The texts are arguments of the script, never part of it. The title comes first, and begins with no dash. */
function osascript(title: string, { message }: Notice): Program['argv'] {
  const script = [
    'on run argv',
    'display notification (item 2 of argv) with title (item 1 of argv)',
    'end run',
  ]
  return ['osascript', ...script.flatMap(line => ['-e', line]), title, message]
}
