import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import { Attempt } from '../attempts.ts'
import { NameOrId, one, TaskRef } from '../fields.ts'
import { Prompt } from '../prompts.ts'
import { Queue } from '../queues.ts'
import { Runner } from '../runners.ts'
import { Session } from '../sessions.ts'
import { AttemptNumber, Task } from '../tasks.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One thing SparkQ can do. `input` is flat: what the path names comes from the path, the rest from the query (GET) or
 * the JSON body. `output` is the JSON answer, or `bytes` for raw output. `status` is 200 unless said otherwise.
 */
export type Operation = {
  method: Method
  path: string
  summary: string
  input: TObject
  output: TSchema | 'bytes'
  status?: 201
}

const row =
  <M extends Method, S extends { status?: 201 }>(method: M, status: S) =>
  <I extends TObject, O extends TSchema | 'bytes'>(path: string, summary: string, input: I, output: O) => ({
    method,
    path,
    summary,
    input,
    output,
    ...status,
  })

export const get = row('GET', {})
export const post = row('POST', {})
export const put = row('PUT', {})
export const remove = row('DELETE', {})
/** A POST that makes something: it answers 201. */
export const create = row('POST', { status: 201 })

export const sessionAnswer = one('session', Session)
export const queueAnswer = one('queue', Queue)
export const taskAnswer = one('task', Task)
export const attemptAnswer = one('attempt', Attempt)
export const runnerAnswer = one('runner', Runner)
export const promptAnswer = one('prompt', Prompt)

export const byName = { id: NameOrId }
export const byTask = { id: TaskRef }
export const byAttempt = { id: TaskRef, attempt: AttemptNumber }
/** Which attempt is meant; the current one where it is not said. */
export const attemptGuard = { attempt: Type.Optional(AttemptNumber) }
/** Ending or deleting what still has running tasks is a conflict, unless this says to cancel them first. */
export const cancelRunning = { cancel_running: Type.Optional(Type.Boolean()) }
