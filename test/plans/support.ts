import { parsePlan } from '../../src/plans/parse.ts'
import type { PlanFormat, PlanTask } from '../../src/plans/plan.ts'

/** A plan as plain data: what its tasks do and how, and what is wrong with it. */
export function parsed(text: string | Uint8Array, format: PlanFormat) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const { head, tasks, done, unboxed, problems } = parsePlan(bytes, format)
  return {
    head: head.options,
    tasks: tasks.map(it => [workOf(it), it.options]),
    lines: tasks.map(it => it.place().line),
    done,
    unboxed,
    problems: problems.map(({ place, sentence }) => `${place.line}:${place.column} ${sentence}`),
  }
}

function workOf({ work }: PlanTask): string {
  switch (work.form) {
    case 'script':
      return ['script', work.file, ...work.args].join(' ')
    case 'payload':
      return `payload ${JSON.stringify(work.payload)}`
    default:
      return `${work.form} ${work.text}`
  }
}
