import type { Project } from '../../config.ts'
import type { Api } from '../../contract/api.ts'
import type { ProcessIdentity } from '../../contract/attempts.ts'
import { SparkqError } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { oneLine } from '../text.ts'
import { type Chat, isSameProcess, listChats, readChat, removeChat, writeChat } from './chats.ts'

/** What Claude Code says of itself: https://code.claude.com/docs/en/hooks */
export type Said = { session_id?: unknown; prompt?: unknown; source?: unknown }

/** What a hook works with; the project is opened only where there is something to ask of it. */
export type Hook = {
  said: Said
  project: Project
  process: ProcessIdentity | null
  use<T>(action: (api: Api) => Promise<T>): Promise<T>
}

/** What a hook answers; nothing: the chat goes on as if there were no hook. */
export type Answer = Record<string, unknown>

/** How often the same attempt is handed over to somebody who does not take it; Claude itself stops at 8. */
const mostOffers = 3

/** A prompt that asks for a lane binds this chat to it, and no other. */
export async function onPrompt(hook: Hook): Promise<Answer> {
  const { said, project, process } = hook
  const [, word, rest = ''] = /^\s*\/sparkq:(work|stop)(?:\s+([\s\S]*?))?\s*$/.exec(String(said.prompt)) ?? []
  if (word === 'work') return bind(hook, rest.replace(/^(["'])(.*)\1$/, '$2') || 'default')
  const chat = readChat(project, said.session_id, process)
  if (word === 'stop') removeChat(project, said.session_id)
  else if (chat) writeChat(project, { ...chat, is: 'busy', offered: null })
  return {}
}

async function bind({ said, project, process, use }: Hook, lane: string): Promise<Answer> {
  const refuse = (reason: string): Answer => ({ decision: 'block', reason })
  try {
    const { queue } = await use(api => api.getQueue({ id: lane }))
    const other = listChats(project).find(
      it => it.queue_id === queue.id && !isSameProcess(it.process, process),
    )
    if (other)
      return refuse(`Another chat (process ${other.process?.pid ?? 'unknown'}) works the lane ${queue.name}.`)
    const session_id = String(said.session_id)
    writeChat(project, { session_id, queue_id: queue.id, process, is: 'busy', offered: null, reminded: null })
    return context(
      'UserPromptSubmit',
      `This chat is bound to the SparkQ lane "${oneLine(queue.name)}": when you end a turn and it has more, you are told.`,
    )
  } catch (error) {
    if (!(error instanceof SparkqError) || error.code !== 'not_found') throw error
    return refuse([error.message, ...(error.hint ? [error.hint] : [])].join('\n'))
  }
}

/** Hands over the next task of the lane, and reminds once of one that is not finished. */
export async function onStop({ said, project, process, use }: Hook): Promise<Answer> {
  const chat = readChat(project, said.session_id, process)
  if (!chat) return {}
  const found = await use(api => findWork(api, chat))
  if (found === undefined) {
    removeChat(project, chat.session_id)
    return {}
  }
  const { mine, next, lane } = found
  const call = JSON.stringify({ lane })
  if (mine) {
    if (chat.reminded === keyOf(mine)) return rest(project, chat)
    writeChat(project, { ...chat, is: 'busy', reminded: keyOf(mine) })
    return context(
      'Stop',
      `SparkQ: ${mine.friendly_id} of the lane ${JSON.stringify(lane)} is still yours. Finish it: complete with a summary, fail with the reason, or ask where only the person can decide.`,
    )
  }
  const offered = next && offer(chat, next)
  if (!next || !offered) return rest(project, chat)
  writeChat(project, { ...chat, is: 'busy', offered })
  return context('Stop', `SparkQ: ${next.friendly_id} is next. Take it: wait_for_task ${call}, and do it.`)
}

/** After its conversation was shortened it does not know any more what it is at. */
export async function onSessionStart({ said, project, process, use }: Hook): Promise<Answer> {
  listChats(project)
  const chat = readChat(project, said.session_id, process)
  if (!chat || said.source !== 'compact') return {}
  const { queue } = await use(api => api.getQueue({ id: chat.queue_id }))
  const call = JSON.stringify({ lane: queue.name })
  return context(
    'SessionStart',
    `You work the SparkQ lane ${JSON.stringify(queue.name)}. Finish what you have in hand, then: wait_for_task ${call}.`,
  )
}

export async function onSessionEnd({ said, project }: Hook): Promise<Answer> {
  removeChat(project, said.session_id)
  return {}
}

/** @returns the text that wakes an idle chat; undefined where there is nothing to wake it for */
export async function wakeUp(api: Api, project: Project, chat: Chat): Promise<string | undefined> {
  const found = await findWork(api, chat)
  const offered = found?.next && !found.mine ? offer(chat, found.next) : undefined
  if (!found?.next || !offered) return undefined
  writeChat(project, { ...chat, is: 'busy', offered })
  const call = JSON.stringify({ lane: found.lane })
  return `SparkQ: ${found.next.friendly_id} has come into the lane ${JSON.stringify(found.lane)}, which the person asked you to work. Take it: wait_for_task ${call}, do it, finish it.`
}

type Work = { lane: string; mine: Task | undefined; next: Task | null }

/** What the chat has in hand, and what a claim would take; undefined where the lane is over. */
async function findWork(api: Api, { queue_id, process }: Chat): Promise<Work | undefined> {
  try {
    const { queue } = await api.getQueue({ id: queue_id })
    if (queue.status === 'ended' || queue.status === 'archived') return undefined
    const { tasks } = await api.listTasks({ queue_id, status: 'running', limit: 50 })
    for (const task of tasks) {
      const { attempts } = await api.listAttempts({ id: task.id })
      const bound = attempts.find(it => it.number === task.attempt)?.bound ?? null
      if (bound && isSameProcess(bound, process)) return { lane: queue.name, mine: task, next: null }
    }
    return { lane: queue.name, mine: undefined, next: (await api.peekQueue({ id: queue_id })).task }
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'not_found') return undefined
    throw error
  }
}

/** undefined: it was told of it often enough. */
function offer({ offered }: Chat, next: Task): Chat['offered'] | undefined {
  const attempt = keyOf(next)
  const times = offered?.attempt === attempt ? offered.times + 1 : 1
  return times > mostOffers ? undefined : { attempt, times }
}

function rest(project: Project, chat: Chat): Answer {
  writeChat(project, { ...chat, is: 'idle' })
  return {}
}

const keyOf = ({ id, attempt }: Task): string => `${id} ${attempt ?? 0}`

const context = (hookEventName: string, additionalContext: string): Answer => ({
  hookSpecificOutput: { hookEventName, additionalContext },
})
