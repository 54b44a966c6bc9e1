import type { Connection } from '../../connect.ts'
import { SparkqError } from '../../contract/errors.ts'
import type { RunnerMode } from '../../contract/runners.ts'
import { shellQueue, shellWord } from '../../contract/shell-word.ts'
import { findWorker } from '../../processes/worker.ts'
import { type ChatEnd, workAsChat } from '../../runner/chat.ts'
import type { Terminal } from '../terminal.ts'
import { ownName } from './own-name.ts'
import { createStream } from './stream.ts'

export type ChatWork = {
  connection: Connection
  queue: string
  mode: RunnerMode
  workerId: string | undefined
  /** As typed: the commands that finish tasks need it too. */
  url: string | undefined
  env: NodeJS.ProcessEnv
  terminal: Terminal
  signal: AbortSignal
}

/** Gives the tasks of a lane to the assistant that reads this process's output. */
export async function workInChat(work: ChatWork): Promise<ChatEnd> {
  const { connection, queue, mode, workerId, url, env, terminal, signal } = work
  const { api, project, remote } = connection
  const worker = findWorker()
  const stream = createStream({
    api,
    write: line => terminal.out.data(line),
    root: project.root,
    sparkq: ownName(env),
    suffix: url === undefined ? '' : ` --url ${shellWord(url)}`,
  })
  try {
    if (worker === null) {
      const message =
        'Who reads this cannot be seen from here: a task that is left is failed at twice its timeout.'
      stream.report({ type: 'warning', message })
    }
    return await workAsChat({
      ...{ api, queue, mode, env, signal, worker, workerId, remote },
      ...{ configFile: project.configFile, config: project.config, report: stream.report },
    })
  } catch (error) {
    throw isHeld(error) ? withWay(error, queue) : error
  } finally {
    await stream.written()
  }
}

const isHeld = (error: unknown): error is SparkqError =>
  error instanceof SparkqError && error.code === 'conflict' && error.message.includes('has a runner already')

/** A runner that executes has the lane: a chat can have it when that is gone. */
function withWay({ code, message, cause }: SparkqError, queue: string): SparkqError {
  return new SparkqError(code, message, { hint: `sparkq stop ${shellQueue(queue)}`, cause })
}
