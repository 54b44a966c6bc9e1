import fs from 'node:fs'
import path from 'node:path'
import type { Project } from '../../config.ts'
import type { Connection } from '../../connect.ts'
import type { ProcessIdentity } from '../../contract/attempts.ts'
import { liveness, self } from '../../processes/identity.ts'
import { createBell } from '../../runner/bell.ts'
import { listen } from '../../runner/ears.ts'
import { type Chat, isSameProcess, readChat, waiterFile } from './chats.ts'
import { wakeUp } from './claude.ts'

/** How often it is looked whether the chat is still there. */
const lookMs = 2000

export type Waiting = {
  session: unknown
  process: ProcessIdentity | null
  project: Project
  open(): Promise<Connection>
  onTrouble(message: string): void
}

/**
 * Waits until a task comes for a chat that is idle: one process for each chat, as Claude Code starts one at every end of a turn.
 * @returns what the chat is told; undefined where it is gone, has no lane any more, or another process waits for it
 */
export async function waitForChat({
  session,
  process,
  project,
  open,
  onTrouble,
}: Waiting): Promise<string | undefined> {
  const chat = readChat(project, session, process)
  if (!chat) return undefined
  const file = waiterFile(project, chat)
  if (!takePlace(file)) return undefined
  const bell = createBell(new AbortController().signal)
  const connection = await open()
  const ears = listen(connection.api, {
    onEvent: event => {
      if (event.queue_id === chat.queue_id) bell.ring()
    },
    onGap: () => bell.ring(),
    onTrouble,
  })
  try {
    return await untilTask(chat, { process, project, connection, bell })
  } finally {
    await ears.stop()
    connection.close()
    fs.rmSync(file, { force: true })
  }
}

type Means = Pick<Waiting, 'process' | 'project'> & {
  connection: Connection
  bell: ReturnType<typeof createBell>
}

async function untilTask(
  { session_id }: Chat,
  { process, project, connection, bell }: Means,
): Promise<string | undefined> {
  let was: Chat['is'] = 'busy'
  for (let rung = true; ; ) {
    if (process !== null && liveness(process) === 'dead') return undefined
    const chat = readChat(project, session_id, process)
    if (!chat) return undefined
    // The hook that runs beside this one at the end of a turn hands over what is there; this one has what comes later.
    const isAsked = chat.is === 'idle' && (rung || was === 'busy')
    was = chat.is
    bell.reset()
    const text = isAsked ? await wakeUp(connection.api, project, chat) : undefined
    if (text !== undefined) return text
    rung = await bell.wait(null, lookMs)
  }
}

/** @returns whether no other process has it */
function takePlace(file: string): boolean {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const mine = JSON.stringify(self())
  for (let tries = 0; tries < 3; tries++) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx', mode: 0o600 })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder && !isSameProcess(holder, self()) && liveness(holder) === 'alive') return false
    fs.rmSync(file, { force: true })
  }
  return false
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
