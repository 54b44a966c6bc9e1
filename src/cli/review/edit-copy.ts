import { invalid } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { editText } from '../editor.ts'
import { parseJson, requireObject } from '../read-input.ts'

/** Opens the person's editor on what may be different in a copy. @returns what it is to be */
export function editCopy({ friendly_id, payload, timeout }: Task, env: NodeJS.ProcessEnv) {
  const text = `${JSON.stringify({ timeout, payload }, null, 2)}\n`
  return editText(text, env, {
    name: `${friendly_id}.json`,
    instead: `sparkq requeue ${friendly_id} --payload '{…}'`,
    read: (saved, file) => {
      const edited = requireObject(parseJson(saved, file), file)
      const unknown = Object.keys(edited).find(key => key !== 'payload' && key !== 'timeout')
      if (unknown !== undefined) throw invalid(`Only payload and timeout can be changed, not "${unknown}".`)
      const seconds = edited.timeout ?? timeout
      if (typeof seconds !== 'number') throw invalid('timeout must be a number of seconds.')
      return { timeout: seconds, payload: requireObject(edited.payload ?? payload, 'payload') }
    },
  })
}
