import type { Project } from '../config.ts'
import type { Holder } from '../server/lock.ts'
import type { Started } from '../server/start.ts'
import { sayNext } from './hints.ts'
import { keptText, readKeptHere, worksNothing } from './kept-lanes.ts'
import type { Face, Terminal } from './terminal.ts'
import { clock } from './times.ts'

type Where = Pick<Holder, 'host' | 'access'>

/** Who may come in, in a sentence. */
export function whoComesIn({ host, access }: Where): string {
  const near = isLoopback(host)
  if (access === 'open')
    return near
      ? 'whoever works on this machine, and whatever passes requests on to it'
      : 'everyone who can reach this machine, without the token'
  return near ? 'you, on this machine' : 'you, on this machine; others with the token (sparkq status --token)'
}

/** Says it loudly where strangers may come in; next to nothing where nobody can. */
export function sayWhoComesIn(err: Face, where: Where): void {
  if (where.access === 'open') {
    err.line(err.paint('red', `! It is open: it lets in ${whoComesIn(where)}.`))
    err.line(err.paint('red', '  Whoever comes in can run programs here as you.'))
    sayNext(err, [['server.access: local', 'in sparkq.yml shuts it']])
  } else if (!isLoopback(where.host)) {
    const how = 'They come in with the token alone (sparkq status --token).'
    err.line(err.paint('yellow', `! Other machines reach it, as it listens on ${where.host}. ${how}`))
    sayNext(err, [['server.host: 127.0.0.1', 'in sparkq.yml keeps them out']])
  }
}

/** `process 123, since 22:14`. */
export function processText({ process: { pid }, started_at }: Holder): string {
  return `process ${pid}, since ${clock(started_at)}`
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** Says where the server is that was started, or was there already, and which lanes it works. */
export async function sayStarted(
  { out, err }: Terminal,
  project: Project,
  { holder, began }: Started,
): Promise<void> {
  const text = `at ${holder.address} · ${processText(holder)}`
  out.line(began ? `SparkQ runs ${text}` : `SparkQ runs already ${text}`)
  const kept = await readKeptHere(project)
  if (kept) out.line(`It works ${keptText(kept)}.`)
  sayWhoComesIn(err, holder)
  sayNext(err, [
    ...(kept && worksNothing(kept) ? [['sparkq start --all', 'have it work every lane'] as const] : []),
    ['sparkq status', 'how it is'],
    ['sparkq stop', 'stop it'],
  ])
}

export const sayStopping =
  ({ err }: Terminal) =>
  ({ process: { pid } }: Holder): void =>
    err.line(`Waiting until the server (process ${pid}) has answered what is under way …`)

export function sayNoServer({ out, err }: Terminal): void {
  out.line('No server runs.')
  sayNext(err, [['sparkq start', 'start it']])
}
