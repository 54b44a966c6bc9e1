import type { Operation, OperationName } from '../contract/operations.ts'

type Fields = Record<string, unknown>
const always = () => true

/** The operations besides GETs that may be sent again when no answer came, and with what in their input. */
const repeatable: Partial<Record<OperationName, (input: Fields) => boolean>> = {
  claimTask: ({ claim_key }) => claim_key !== undefined,
  createTask: ({ idempotency_key }) => idempotency_key !== undefined,
  createTasks: ({ tasks }) =>
    Array.isArray(tasks) && tasks.every(task => task?.idempotency_key !== undefined),
  // Writes nothing.
  checkTasks: always,
  startAttempt: always,
  stopAttempt: always,
  flagAttempt: always,
  finishAttempt: always,
  // By its offset.
  appendOutput: always,
  stopRunner: always,
  // Said twice with the same words, they mean the same.
  completeTask: always,
  failTask: always,
  heartbeatRunner: always,
  extendSupervision: always,
  setRunnerWanted: always,
  // The mark only moves forward.
  closeReview: ({ upto }) => upto !== undefined,
  setConfig: always,
  validateConfig: always,
  updateTool: always,
  updateTaskClass: always,
  sweep: always,
}

export function isRepeatable(name: OperationName, { method }: Operation, input: Fields): boolean {
  return method === 'GET' || repeatable[name]?.(input) === true
}
