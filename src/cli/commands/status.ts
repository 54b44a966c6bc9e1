import { findProject } from '../../config.ts'
import type { Api } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import type { Queue } from '../../contract/queues.ts'
import type { Runner } from '../../contract/runners.ts'
import { shellQueue } from '../../contract/shell-word.ts'
import { spaceSentence } from '../../contract/space-text.ts'
import { defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { keptText } from '../kept-lanes.ts'
import { openingCommand } from '../lanes.ts'
import { jsonOption } from '../options.ts'
import { mending, providerText } from '../provider-text.ts'
import { queueGlyph, queueStatusText } from '../queue-text.ts'
import { doesText } from '../runner-text.ts'
import { readStatus, type Status } from '../server-status.ts'
import { processText, sayWhoComesIn, whoComesIn } from '../server-text.ts'
import { type Column, printTable } from '../table.ts'
import { type Face, printJson, type Terminal } from '../terminal.ts'
import { count, oneLine, padEnd } from '../text.ts'
import { clock, soonOrClock } from '../times.ts'

export const command = defineCommand({
  summary: 'Show how things are: server, runners, sessions and lanes.',
  options: {
    json: jsonOption,
    token: { type: 'flag', describe: 'print only the token that other machines come in with' },
  },
  notes: 'Works without a server. "sparkq" alone is the same.',
  examples: ['sparkq status', 'sparkq status --token'],
  run: async ({ options, terminal, cwd, env, connect }) => {
    const { url } = options as { url?: string }
    if (options.token) {
      if (options.json) throw invalid('Either --token or --json, not both.')
      if (url !== undefined) throw invalid('--token is for the server of this project: leave --url out.')
      const { tokenOf } = await import('../../server/token.ts')
      terminal.out.data(tokenOf(findProject(cwd, env)))
      return
    }
    const { api, project, remote } = await connect()
    const asked = url ?? (env.SPARKQ_URL || (project.config.queue_runner.base_url ?? undefined))
    const status = await readStatus(api, project, remote ? asked : undefined)
    if (options.json) return printJson(terminal.out, jsonOf(status))
    await show(terminal, api, status)
  },
})

/** Without what only our own commands need of a server. */
function jsonOf({ server, ...rest }: Status) {
  if (server === null || !('process' in server)) return { server, ...rest }
  const { address, process, started_at, host, access, silent } = server
  return { server: { address, process, started_at, host, access, silent }, ...rest }
}

async function show(terminal: Terminal, api: Api, status: Status): Promise<void> {
  const { out, err } = terminal
  const { notification, refused_today, runners, sessions, space } = status
  const server = status.server && 'process' in status.server ? status.server : undefined
  out.line(headline(out, status.server))
  if (server) row(out, 'lets in', whoComesIn(server))
  if (space) row(out, 'disk', out.paint('yellow', spaceSentence(space)))
  for (const [i, provider] of status.providers.entries())
    row(out, i === 0 ? 'agents' : '', out.paint('yellow', providerText(provider)))
  if (refused_today > 0) row(out, 'refused', `${count(refused_today, 'request')} today`)
  const kept = status.supervision && { supervision: status.supervision, queues: status.queues }
  if (kept) row(out, 'works', keptText(kept))
  const lines = [
    ...(await Promise.all(runners.map(runner => runnerText(api, runner, status)))),
    ...status.restarts.map(restartText),
  ]
  for (const [i, line] of lines.entries()) row(out, i === 0 ? 'runners' : '', line)
  if (lines.length === 0) row(out, 'runners', 'none')
  if (notification?.error) row(out, 'notify', notifyText(notification.error, notification.at))
  if (status.questions > 0)
    row(out, 'questions', `${count(status.questions, 'waits', 'wait')} for your answer`)
  if (status.unreviewed > 0) row(out, 'review', `${count(status.unreviewed, 'waits', 'wait')} for your eye`)
  row(out, 'sessions', sessions.map(session => oneLine(session.name)).join(', ') || 'none is active')
  showLanes(out, status)
  if (server?.access === 'open') sayWhoComesIn(err, server)
  const next = nextSteps(status)
  if (next.length > 0) sayNext(err, next)
}

function headline(out: Face, server: Status['server']): string {
  if (!server) return 'No server runs.'
  if (!('process' in server)) return `SparkQ answers at ${out.paint('bold', server.address)}`
  const { address, silent } = server
  if (silent === null) return `SparkQ runs at ${out.paint('bold', address ?? '')} · ${processText(server)}`
  return `${out.paint('yellow', '!')} The server (${processText(server)}) does not answer: ${silent}`
}

async function runnerText(api: Api, runner: Runner, { space }: Status): Promise<string> {
  const { queue, worker_id, process, started_at, done } = runner
  const who = `${worker_id}, process ${process.pid} since ${clock(started_at)}`
  return `${oneLine(queue.name)} · ${await doesText(api, runner, space)} · ${done} done · ${who}`
}

function restartText({ queue, deaths, restart_at }: Status['restarts'][number]): string {
  const times = deaths === 1 ? 'died' : `died ${deaths} times in a row`
  return `${oneLine(queue.name)} · ${times}, is started again ${soonOrClock(restart_at)}`
}

const notifyText = (error: string, at: string): string => `last one failed: ${oneLine(error)}, ${clock(at)}`

const columns: readonly Column[] = [
  { title: '' },
  { title: 'queue', flexible: true },
  { title: 'session' },
  ...['queued', 'running', 'succeeded', 'failed'].map(title => ({ title, align: 'right' }) as const),
  { title: 'status' },
]

function showLanes(out: Face, { queues }: Status): void {
  if (queues.length === 0) return
  out.line()
  const rows = queues.map(queue => {
    const { queued, running, succeeded, failed } = queue.counts
    const counts = [queued, running, succeeded, failed].map(String)
    return [
      queueGlyph(queue),
      oneLine(queue.name),
      oneLine(queue.session.name),
      ...counts,
      queueStatusText(queue),
    ]
  })
  printTable(out, columns, rows)
}

/** What is missing: a server, a lane, somebody to work one. */
function nextSteps(status: Status): Hint[] {
  const { server, notification, unreviewed, questions, providers, runners, sessions, queues } = status
  const next: Hint[] = []
  if (!server) next.push(['sparkq start --all', 'start the server, and work every lane'])
  if (sessions.length === 0) next.push(['sparkq session create NAME', 'begin a session'])
  else if (queues.length === 0) next.push(['sparkq queue create NAME', 'make a lane'])
  const worked = new Set(runners.map(runner => runner.queue.id))
  const idle = queues.find(queue => queue.counts.queued > 0 && !worked.has(queue.id))
  if (idle) next.push([openingCommand(idle) ?? workCommand(status, idle), 'work what is queued'])
  if (questions > 0) next.push(['sparkq questions', 'see what workers ask you'])
  if (unreviewed > 0) next.push(['sparkq review', 'decide on what has finished'])
  for (const provider of providers) if (provider.status === 'paused') next.push(...mending(provider))
  if (notification?.error) next.push(['sparkq notify test', 'try the notifications'])
  return next
}

function workCommand({ supervision }: Status, { name }: Queue): string {
  return `sparkq ${supervision ? 'start' : 'runner'} ${shellQueue(name)}`
}

function row(out: Face, label: string, text: string): void {
  out.line(`  ${out.paint('dim', padEnd(label, 10))}${text}`)
}
