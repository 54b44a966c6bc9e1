import { type Place, readYaml } from '../yaml-text.ts'
import { type Finder, readEntry, readHead } from './entry.ts'
import { nowhere, type Plan } from './plan.ts'

const empty = (): Plan => ({
  head: { options: {}, place: () => nowhere },
  tasks: [],
  done: 0,
  unboxed: 0,
  problems: [],
})

/** `{tool?: …, tasks: [{command: …}, …]}`, or the list alone. */
export function parseYaml(text: string): Plan {
  const plan = empty()
  const { problem, value, at } = readYaml(text)
  const wrong = (place: Place, sentence: string): Plan => {
    plan.problems.push({ place, sentence })
    return plan
  }
  if (problem) return wrong(problem.place, problem.sentence)
  if (Array.isArray(value)) {
    addEntries(plan, value, steps => at(steps))
    return plan
  }
  if (typeof value !== 'object' || value === null)
    return wrong(nowhere, 'a plan is a list of tasks, or has "tasks".')
  const { tasks, ...head } = value as { tasks?: unknown }
  addHead(plan, head, at, ['tasks'])
  if (tasks === undefined) return wrong(nowhere, 'a plan needs "tasks", a list.')
  if (!Array.isArray(tasks)) return wrong(at(['tasks']), '"tasks" must be a list.')
  addEntries(plan, tasks, steps => at(['tasks', ...steps]))
  return plan
}

/** One task a line, each as JSON. */
export function parseJsonl(text: string): Plan {
  const plan = empty()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const parsed = parseLine(line)
    if ('sentence' in parsed) {
      plan.problems.push({ place: { line: index + 1, column: parsed.column }, sentence: parsed.sentence })
      continue
    }
    // JSON is YAML, and its places are only asked for where something is wrong.
    const at: Finder = steps => ({ line: index + 1, column: readYaml(line).at(steps).column })
    addEntry(plan, parsed.value, at)
  }
  return plan
}

/** Takes over what the head of a plan says. */
export function addHead(plan: Plan, given: unknown, at: Finder, beside: readonly string[] = []): void {
  const { value, problems } = readHead(given, at, beside)
  if (value) plan.head = value
  plan.problems.push(...problems)
}

function addEntries(plan: Plan, entries: unknown[], at: Finder): void {
  for (const [i, entry] of entries.entries()) addEntry(plan, entry, steps => at([String(i), ...steps]))
}

function addEntry(plan: Plan, given: unknown, at: Finder): void {
  const { value, problems } = readEntry(given, at)
  if (value) plan.tasks.push(value)
  plan.problems.push(...problems)
}

function parseLine(line: string): { value: unknown } | { column: number; sentence: string } {
  try {
    return { value: JSON.parse(line) }
  } catch (error) {
    const { message } = error as Error
    const at = /(?: in JSON)? at position (\d+)/.exec(message)
    const what = message.slice(0, at?.index).replace(/, ".*" is not valid JSON$|\.$/s, '')
    return { column: Number(at?.[1] ?? 0) + 1, sentence: `this line is not JSON: ${what}.` }
  }
}
