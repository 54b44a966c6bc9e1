import fs from 'node:fs'
import path from 'node:path'
import type { Project } from '../../config.ts'
import type { ProcessIdentity } from '../../contract/attempts.ts'
import { liveness } from '../../processes/identity.ts'
import { tokenPath } from '../../server/places.ts'

/**
 * A chat that asked for a lane: one session of an assistant, in one process.
 *
 * @property is       idle: it has ended its turn, and nothing was there to hand over
 * @property offered  the attempt that it was last told of, and how often: whoever does not take it is left alone
 * @property reminded the attempt that it was reminded of
 */
export type Chat = {
  session_id: string
  queue_id: string
  process: ProcessIdentity | null
  is: 'busy' | 'idle'
  offered: { attempt: string; times: number } | null
  reminded: string | null
}

/** In the project's own folder: who may read the data may read this. */
export const chatsFolder = (project: Project): string => path.join(path.dirname(tokenPath(project)), 'chats')

/** undefined where this very session in this very process asked for none. */
export function readChat(
  project: Project,
  session: unknown,
  process: ProcessIdentity | null,
): Chat | undefined {
  const chat = isSession(session) ? read(fileOf(project, session)) : undefined
  return chat && chat.session_id === session && isSameProcess(chat.process, process) ? chat : undefined
}

export function writeChat(project: Project, chat: Chat): void {
  const file = fileOf(project, chat.session_id)
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}.tmp`
  fs.writeFileSync(part, JSON.stringify(chat), { mode: 0o600 })
  fs.renameSync(part, file)
}

export function removeChat(project: Project, session: unknown): void {
  if (isSession(session)) fs.rmSync(fileOf(project, session), { force: true })
}

/** Those whose process is there. What others have left is removed. */
export function listChats(project: Project): Chat[] {
  const folder = chatsFolder(project)
  if (!fs.existsSync(folder)) return []
  return fs.readdirSync(folder).flatMap(name => {
    const file = path.join(folder, name)
    const chat = name.endsWith('.json') ? read(file) : undefined
    if (chat?.process && liveness(chat.process) === 'dead') fs.rmSync(file, { force: true })
    else if (chat) return [chat]
    return []
  })
}

/** Where the one process is written down that waits for a chat. */
export const waiterFile = (project: Project, { session_id }: Chat): string =>
  path.join(chatsFolder(project), `${session_id}.waiter`)

/** A session becomes the name of a file. */
const isSession = (session: unknown): session is string =>
  typeof session === 'string' && /^[A-Za-z0-9][\w-]{0,99}$/.test(session)

const fileOf = (project: Project, session: string): string =>
  path.join(chatsFolder(project), `${session}.json`)

function read(file: string): Chat | undefined {
  try {
    const chat = JSON.parse(fs.readFileSync(file, 'utf8')) as Chat
    return isSession(chat.session_id) && typeof chat.queue_id === 'string' ? chat : undefined
  } catch {
    return undefined
  }
}

export function isSameProcess(a: ProcessIdentity | null, b: ProcessIdentity | null): boolean {
  // Who is not known is nobody's chat.
  if (a === null || b === null) return false
  return a.pid === b.pid && a.start_time === b.start_time && a.boot_id === b.boot_id
}
