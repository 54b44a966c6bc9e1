import net from 'node:net'
import path from 'node:path'
import { findServer } from '../src/server/lock.ts'
import { serverLockPath } from '../src/server/places.ts'
import { type Connection, connect, share } from './connection.ts'
import { type Ground, type Grounds, lane, sparkq, stop } from './ground.ts'
import { addHistory } from './history.ts'
import { inTurns, median, pause, quantile, type Samples, timed } from './measure.ts'
import { cpuMs, memoryMiB, openFiles } from './process.ts'
import type { Remark } from './report.ts'

const rounds = 5
const perRound = 100
const clients = 8

const task = { queue_id: lane, tool_name: 'run-bash', payload: { command: 'true' } }
const claim = { worker_id: 'worker-bench' }
const completion = { result_summary: 'done' }

/** The server, seen from its clients. */
export async function http(grounds: Grounds): Promise<Remark[]> {
  const some = await grounds.make('some')
  addHistory(some.project.database, lane, 1000)
  const served = await serve(grounds, grounds.empty)
  const remarks = [await writes(grounds, served)]
  if (process.platform === 'linux') remarks.push(await memory(served))
  await served.stop()
  remarks.push(await lists(grounds, some))
  if (process.platform === 'linux') remarks.push(await idleServer(grounds))
  return remarks
}

type Served = { ground: Ground; address: string; pid: number; stop(): Promise<void> }

async function serve({ start }: Grounds, ground: Ground): Promise<Served> {
  const server = start(ground, sparkq('run', '--host', '127.0.0.1', '--port', '0'), 'silent')
  const pid = server.pid as number
  for (;;) {
    const holder = findServer(serverLockPath(ground.project))
    if (holder?.process.pid === pid && holder.address) {
      return { ground, address: holder.address, pid, stop: () => stop(server) }
    }
    if (server.exitCode !== null) throw new Error('The server ended.')
    await pause(10)
  }
}

const connectAll = (address: string, count: number): Promise<Connection[]> =>
  Promise.all(Array.from({ length: count }, () => connect(address)))

/** Writes over HTTP, against a server that does nothing and against the same writes in process. */
async function writes({ start, empty }: Grounds, { ground, address }: Served): Promise<Remark> {
  const hello = start(empty, [path.join(import.meta.dirname, 'hello.ts')], 'ipc')
  const helloAddress = await new Promise<string>(resolve => hello.once('message', it => resolve(String(it))))
  const [here, there] = [await connectAll(address, clients), await connectAll(helloAddress, clients)]
  const { core } = ground

  let ids: string[] = []
  const enqueueAll = async () => {
    const { tasks } = await core.createTasks({ tasks: Array(perRound).fill(task) })
    ids = tasks.map(({ id }) => id)
  }
  const claimAll = async () => {
    for (let i = 0; i < perRound; i++) await core.claimTask({ id: lane, ...claim })
  }
  // The lane is left as it was found.
  const clear = async () => {
    const { tasks } = await core.listTasks({ queue_id: lane, status: 'queued', limit: 500 })
    for (const { id } of tasks) await core.deleteTask({ id })
    const running = await core.listTasks({ queue_id: lane, status: 'running', limit: 500 })
    for (const { id } of running.tasks) await core.completeTask({ id, ...completion })
  }
  const claimed = (it: unknown) => {
    if (!it) throw new Error('There was nothing to claim.')
  }

  const steps = [
    {
      name: 'enqueue',
      prepare: async () => {},
      inProcess: () => core.createTask(task),
      body: task,
      overHttp: (it: Connection) => it.send('POST', '/api/tasks', task),
    },
    {
      name: 'claim',
      prepare: enqueueAll,
      inProcess: async () => claimed((await core.claimTask({ id: lane, ...claim })).task),
      body: claim,
      overHttp: async (it: Connection) =>
        claimed(JSON.parse(await it.send('POST', `/api/queues/${lane}/claim`, claim)).task),
    },
    {
      name: 'complete',
      prepare: async () => {
        await enqueueAll()
        await claimAll()
      },
      inProcess: (number: number) => core.completeTask({ id: ids[number] as string, ...completion }),
      body: completion,
      overHttp: (it: Connection, number: number) =>
        it.send('POST', `/api/tasks/${ids[number]}/complete`, completion),
    },
  ]

  const lines: string[] = []
  const values: Record<string, number> = {}
  for (const { name, prepare, inProcess, body, overHttp } of steps) {
    const sayHello = (it: Connection) => it.send('POST', '/hello', body)
    const prepared = async (work: () => Promise<void>): Promise<number> => {
      await prepare()
      const ms = await timed(work, perRound)
      await clear()
      return ms
    }
    const samples = await inTurns(rounds, {
      hello1: () => timed(() => share(there.slice(0, 1), perRound, sayHello), perRound),
      hello8: () => timed(() => share(there, perRound, sayHello), perRound),
      library: () =>
        prepared(async () => {
          for (let number = 0; number < perRound; number++) await inProcess(number)
        }),
      http1: () => prepared(() => share(here.slice(0, 1), perRound, overHttp)),
      http8: () => prepared(() => share(here, perRound, overHttp)),
    })
    lines.push(`${name} in process: ${rate(samples.library)}`)
    for (const [who, ours, floor] of [
      ['1 client', samples.http1, samples.hello1],
      [`${clients} clients`, samples.http8, samples.hello8],
    ] as const) {
      lines.push(
        `${name} over HTTP, ${who}: ${rate(ours)}, ${ratio(ours, samples.library)} the time in process, ${ratio(ours, floor)} that of Fastify saying hello (${rate(floor)})`,
      )
    }
    for (const [key, each] of Object.entries(samples)) values[`${name}_${key}_ms`] = median(each)
  }
  for (const connection of [...here, ...there]) connection.close()
  await stop(hello)
  return { title: 'Work over HTTP, keep-alive', lines, values }
}

/** What a list costs must not depend on how much there is. */
async function lists(grounds: Grounds, some: Ground): Promise<Remark> {
  const few = await serve(grounds, some)
  const many = await serve(grounds, grounds.full)
  const [toFew, toMany] = [await connect(few.address), await connect(many.address)]
  const lines: string[] = []
  const values: Record<string, number> = {}
  for (const what of [
    '/api/tasks',
    `/api/tasks?queue_id=${lane}&status=failed&limit=20`,
    '/api/tasks?limit=1',
    '/api/queues',
  ]) {
    const get = (it: Connection) => timed(() => share([it], 100, one => one.send('GET', what)), 100)
    const samples = await inTurns(rounds, { few: () => get(toFew), many: () => get(toMany) })
    lines.push(
      `GET ${what}: ${ms(samples.few)} with 1,000 tasks, ${ms(samples.many)} with 100,000: ${ratio(samples.many, samples.few)} the time`,
    )
    values[`${what} 1000`] = median(samples.few)
    values[`${what} 100000`] = median(samples.many)
  }
  toFew.close()
  toMany.close()
  await few.stop()
  await many.stop()
  return { title: 'Lists over HTTP, with 1,000 and with 100,000 finished tasks', lines, values }
}

const manyRequests = 20_000
const listeners = 200
const listenersAtOnce = 20

/** A server that has begun to work is measured, then after requests of every kind, then after listeners came and went. */
async function memory({ address, pid }: Served): Promise<Remark> {
  const all = await connectAll(address, clients)
  const values: Record<string, number> = {}
  const lines: string[] = []
  const note = async (what: string, key: string) => {
    // Collecting garbage takes a moment, and so does noticing that a connection is gone.
    await pause(1000)
    values[key] = memoryMiB(pid)
    values[`${key}_files`] = openFiles(pid)
    lines.push(`${what}: ${values[key].toFixed(1)} MiB, ${values[`${key}_files`]} open files`)
  }
  await request(all, 1000)
  await note('after 1,000 requests', 'begun')
  await request(all, manyRequests)
  await note(`after ${manyRequests.toLocaleString('en')} more`, 'requests')
  await request(all, manyRequests)
  await note(`after ${manyRequests.toLocaleString('en')} more`, 'more_requests')
  for (let come = 0; come < listeners; come += listenersAtOnce) {
    await Promise.all(Array.from({ length: listenersAtOnce }, () => listenOnce(address)))
  }
  await note(`after ${listeners} listeners to events came and went`, 'listeners')
  for (const connection of all) connection.close()
  return { title: 'Memory of a server (anonymous, resident)', lines, values }
}

/** One in twenty writes, the others read. */
const request = (all: Connection[], count: number): Promise<void> =>
  share(all, count, (it, number) => {
    if (number % 20 === 0) return it.send('POST', '/api/tasks', task)
    return it.send('GET', reads[number % reads.length] as string)
  })

const reads = ['/health', '/api/tasks?limit=5', '/api/queues', '/api/audit?limit=5', '/stats']

/** Until the stream has begun. */
async function listenOnce(address: string): Promise<void> {
  const listener = await listen(address)
  listener.destroy()
}

/** (A socket, and not `fetch`, whose own stock of connections would be counted.) */
async function listen(address: string): Promise<net.Socket> {
  const { hostname, port, host } = new URL(address)
  const socket = net.connect({ host: hostname, port: Number(port) })
  socket.write(`GET /api/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.includes('event: hello')) return socket.resume()
  }
  throw new Error(`There were no events: ${text}`)
}

const settleMs = 2000
const watchMs = 15_000

/** What a server costs that nobody asks anything, and one that somebody listens to. */
async function idleServer(grounds: Grounds): Promise<Remark> {
  const servers = [await serve(grounds, grounds.empty), await serve(grounds, grounds.full)]
  const listener = await listen((servers[1] as Served).address)
  await pause(settleMs)
  const before = servers.map(({ pid }) => cpuMs(pid))
  const begun = performance.now()
  await pause(watchMs)
  const wall = performance.now() - begun
  const [empty = 0, full = 0] = servers.map(({ pid }, i) => (cpuMs(pid) - (before[i] as number)) / wall)
  listener.destroy()
  for (const server of servers) await server.stop()
  return {
    title: 'CPU of an idle server',
    lines: [
      `sparkq: ${share100(empty)}`,
      `sparkq, 100,000 finished tasks, with a listener to events: ${share100(full)}`,
    ],
    values: { empty, full },
  }
}

const share100 = (share: number) =>
  `${(share * 60).toFixed(3)} s per minute, ${(share * 100).toFixed(2)} % of a core`
const ms = (samples: Samples) =>
  `${median(samples).toFixed(2)} ms (p95 ${quantile(samples, 0.95).toFixed(2)})`
const rate = (samples: Samples) => `${(1000 / median(samples)).toFixed(0)} a second`
const ratio = (samples: Samples, base: Samples) => `${(median(samples) / median(base)).toFixed(2)} ×`
