// Queues real work into three lanes, works them side by side, reviews what became of it, and checks what it shows.
// usage: npm run demo [-- --keep]      --keep leaves the project there to look around in
import fs from 'node:fs'
import { createTerminal } from '../src/cli/terminal.ts'
import { shellWord } from '../src/cli/text.ts'
import type { Task } from '../src/contract/tasks.ts'
import { checkAll, takeSnapshot } from './checks.ts'
import { createLiveView } from './live.ts'
import { checkout, makePlace, type Place } from './place.ts'
import { lanes, type Planned, planTasks, sessions } from './plan.ts'
import { review, sayChecked, sayNext } from './review.ts'
import { workLane } from './work.ts'

const keep = process.argv.includes('--keep')
/** How long a task of the demo may take to end when it is asked to, in seconds. */
const stopGrace = 0.5
/** The pause before a second try, in seconds. */
const retryDelay = 0.5

const { out, err } = createTerminal(process, process.env)
try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  err.line((error as Error).message)
  process.exitCode = 1
}

async function main(): Promise<boolean> {
  const place = makePlace()
  const view = createLiveView(out)
  cleanUpOnSignals(place, view.end)
  try {
    const planned = planTasks(checkout)
    out.line(`A project in ${place.folder}${keep ? '' : ', gone again when this ends'}.`)
    await prepare(place)
    await queueTasks(place, planned)
    const before = takeSnapshot()

    out.line(`\n${out.paint('bold', 'Three runners, one per lane')}`)
    const startedAt = performance.now()
    view.begin()
    await Promise.all(lanes.map(({ name }) => workLane(place, name, view)))
    view.end()
    const tookMs = performance.now() - startedAt

    const tasks = await listTasks(place)
    await review(out, place, tasks, tookMs)
    const checked = await checkAll({ place, planned, tasks, graceMs: stopGrace * 1000, before })
    sayChecked(out, checked)
    sayNext(out, place, keep)
    return checked.every(({ wrong }) => wrong === undefined)
  } finally {
    view.end()
    place.stop()
    if (!keep) place.remove()
  }
}

async function prepare(place: Place): Promise<void> {
  await say(place, ['setup', '--yes'])
  quicken(place.configFile)
  for (const session of sessions) await say(place, ['session', 'create', session])
  for (const { name, session } of lanes)
    await say(place, ['queue', 'create', name, '--session', session, '--instructions', `@lanes/${name}.md`])
}

async function queueTasks(place: Place, planned: Planned[]): Promise<void> {
  for (const { id, lane, words } of planned) {
    const { stdout } = await say(place, ['enqueue', '-q', lane, ...words])
    if (!stdout.startsWith(`Queued ${id} `)) throw new Error(`This should be ${id}: ${stdout}`)
  }
}

/** All tasks, in the order they were queued. */
async function listTasks(place: Place): Promise<Task[]> {
  const { stdout } = await place.sparkq(['tasks', '--json'])
  return JSON.parse(stdout).tasks.reverse()
}

/** Runs a command, and shows it as it would be typed. */
function say(place: Place, words: string[]) {
  out.line(`${out.paint('dim', '$')} sparkq ${words.map(shellWord).join(' ')}`)
  return place.sparkq(words)
}

/** Stops and second tries that nobody wants to wait for. */
function quicken(configFile: string): void {
  const text = fs.readFileSync(configFile, 'utf8')
  const quick = text
    .replace(/stop_grace: \d+/, `stop_grace: ${stopGrace}`)
    .replace(/retry_delay: \d+/, `retry_delay: ${retryDelay}`)
  fs.writeFileSync(configFile, quick)
}

/** Ctrl-C and the like, and a reader that has seen enough (`npm run demo | head`), leave nothing behind either. */
function cleanUpOnSignals(place: Place, endView: () => void): void {
  const end = (code: number): void => {
    place.stop()
    if (!keep) place.remove()
    process.exit(code)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      endView()
      err.line('Interrupted: what ran is stopped.')
      end(130)
    })
  }
  process.stdout.on('error', () => end(1))
}
