import fs from 'node:fs'
import path from 'node:path'
import { invalid } from '../contract/errors.ts'
import { shellWord } from '../contract/shell-word.ts'
import { mostTasks } from '../contract/tasks.ts'
import { formatOf, parsePlan } from '../plans/parse.ts'
import { type Plan, type PlanFormat, type Problem, planFormats } from '../plans/plan.ts'
import { count } from './text.ts'

/** A plan, and what it is called in errors. */
export type NamedPlan = Plan & { name: string }

/**
 * Reads the plan that `--from` names: a file, or `-` for stdin.
 * @throws invalid with every mistake that is in it, each with its line and column
 */
export async function readPlan(
  from: string,
  format: PlanFormat | undefined,
  cwd: string,
): Promise<NamedPlan> {
  const name = from === '-' ? 'stdin' : path.basename(from)
  const known = format ?? formatOf(from)
  if (known === undefined) {
    const problem = from === '-' ? 'In what format is what comes from stdin?' : `In what format is "${from}"?`
    throw invalid(problem, { hint: `--format ${planFormats.join('|')}` })
  }
  const plan = { ...parsePlan(from === '-' ? await readStdinBytes() : readFile(from, cwd), known), name }
  if (plan.problems.length > 0) throw planMistakes(plan, plan.problems)
  if (plan.tasks.length === 0 && plan.done === 0) throw nothingIn(plan, known)
  if (plan.tasks.length > mostTasks)
    throw invalid(
      `${name} has ${plan.tasks.length} tasks: at most ${mostTasks} can be queued at once, all of them or none.`,
      { hint: 'split it into several files' },
    )
  return plan
}

/** More than one can read is no help. */
const mostProblems = 20

/** All mistakes of a plan in one error, a line each. */
export function planMistakes(
  { name }: { name: string },
  problems: readonly Problem[],
  hints: readonly string[] = [],
) {
  const inOrder = problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
  // What the head says wrong is wrong for every task.
  const alike = [...Map.groupBy(inOrder, it => it.sentence).values()]
  const lines = alike.map(it => toldOnce(name, it))
  const more = lines.splice(mostProblems).length
  if (more > 0) lines.push(`… and ${more} more.`)
  const unique = [...new Set(hints)].slice(0, 3)
  return invalid(lines.join('\n'), {
    hint: [...unique, `edit ${shellWord(name)}; nothing was queued`].join('\n'),
  })
}

/** One cause is told once, however many tasks it concerns: a lane without a tool concerns all. */
function toldOnce(name: string, alike: readonly Problem[]): string {
  const [{ place, sentence }] = alike as [Problem]
  const lines = [...new Set(alike.map(it => it.place.line))]
  const others = lines.slice(1, 4).join(', ')
  const also =
    lines.length === 1
      ? ''
      : ` (and on line${lines.length === 2 ? '' : 's'} ${others}${lines.length > 4 ? ` … ${lines.length} in all` : ''})`
  return `${name}:${place.line}:${place.column}: ${sentence}${also}`
}

const examples: Record<PlanFormat, string> = {
  md: '- [ ] Fix the login test',
  yaml: 'tasks: [{command: make test}]',
  jsonl: '{"command": "make test"}',
}

function nothingIn({ name, unboxed }: NamedPlan, format: PlanFormat) {
  const lists = unboxed > 0 ? `; ${count(unboxed, 'list item')} without a box` : ''
  return invalid(`There is no task in ${name}${lists}.`, { hint: `a task in ${format}: ${examples[format]}` })
}

function readFile(file: string, cwd: string): Uint8Array {
  try {
    return fs.readFileSync(path.resolve(cwd, file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? `there is no file "${file}"` : `"${file}" cannot be read (${code})`
    throw invalid(`--from: ${problem}.`, { hint: `ls -l ${shellWord(file)}` })
  }
}

async function readStdinBytes(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
