import { readYaml } from '../yaml-text.ts'
import { addHead } from './data.ts'
import { type Item, type ItemBlock, toTask } from './markdown-item.ts'
import {
  closesFence,
  type Fence,
  indentOf,
  isRule,
  type ListItem,
  readFence,
  readHeading,
  readListItem,
} from './markdown-lines.ts'
import { nowhere, type Plan } from './plan.ts'

type Heading = { level: number; lane: string; line: number }

/**
 * @property item     the open box that lines may belong to
 * @property headings the headings around the line that name a lane, the innermost last
 */
type Reading = { plan: Plan; lines: string[]; at: number; item: Item | undefined; headings: Heading[] }

/**
 * A checklist: every open box is a task, with whatever is indented below it; headings, paragraphs and lists without boxes
 * are for people. It is read line by line and not as CommonMark has it, because what belongs to a box must be plain to see.
 */
export function parseMarkdown(text: string): Plan {
  const head = { options: {}, place: () => nowhere }
  const plan: Plan = { head, tasks: [], done: 0, unboxed: 0, problems: [] }
  const reading: Reading = { plan, lines: text.split('\n'), at: 0, item: undefined, headings: [] }
  readFrontMatter(reading)
  while (reading.at < reading.lines.length) readLine(reading, reading.lines[reading.at] as string)
  closeItem(reading)
  return plan
}

function readFrontMatter(reading: Reading): void {
  const { plan, lines } = reading
  if (lines[0]?.trimEnd() !== '---') return
  const end = lines.findIndex((line, i) => i > 0 && /^(---|\.\.\.)\s*$/.test(line))
  reading.at = end === -1 ? lines.length : end + 1
  if (end === -1) {
    plan.problems.push({ place: nowhere, sentence: 'the head that begins here is never closed with ---.' })
    return
  }
  const { problem, value, at } = readYaml(lines.slice(1, end).join('\n'))
  const below = ({ line, column }: typeof nowhere) => ({ line: line + 1, column })
  if (problem) plan.problems.push({ place: below(problem.place), sentence: problem.sentence })
  else addHead(plan, value ?? {}, steps => below(at(steps)))
}

function readLine(reading: Reading, line: string): void {
  const fence = readFence(line)
  if (fence) readBlock(reading, fence)
  else if (line.trimStart().startsWith('<!--')) skipComment(reading)
  else readText(reading, line)
}

function readText(reading: Reading, line: string): void {
  const { item } = reading
  reading.at++
  if (line.trim() === '') {
    if (item) item.lines.push('')
    return
  }
  const listed = readListItem(line)
  if (item && indentOf(line) >= item.indent + 2) {
    if (listed) item.nested = listed.indent + 2
    item.lines.push(line)
    return
  }
  const heading = readHeading(line)
  if (listed) openItem(reading, listed)
  else if (heading) openSection(reading, heading)
  else if (item && goesOn(item) && /^[^>|]/.test(line.trimStart()) && !isRule(line))
    // A paragraph may go on without being indented.
    item.lines.push(line)
  else closeItem(reading)
}

/** Neither an empty line nor a block ended the paragraph. */
const goesOn = ({ lines, end }: Item): boolean => lines.at(-1) !== '' && lines.length > end

function openItem(reading: Reading, { indent, box, text }: ListItem): void {
  closeItem(reading)
  const { plan, at } = reading
  if (box === undefined) plan.unboxed++
  else if (box !== ' ') plan.done++
  else {
    const [heading] = reading.headings.slice(-1)
    const place = { line: at, column: indent + 1 }
    reading.item = {
      place,
      indent,
      title: text.trim(),
      lines: [],
      blocks: [],
      heading,
      nested: undefined,
      end: -1,
    }
  }
}

function closeItem(reading: Reading): void {
  const { item, plan } = reading
  reading.item = undefined
  if (!item) return
  const { value, problems } = toTask(item)
  if (value) plan.tasks.push(value)
  plan.problems.push(...problems)
}

/** `## lane: auth` holds until the next heading of its level. */
function openSection(reading: Reading, { level, text }: { level: number; text: string }): void {
  closeItem(reading)
  reading.headings = reading.headings.filter(it => it.level < level)
  const named = /^(?:lane|queue):\s*(.*)$/i.exec(text)?.[1]?.trim()
  if (named === undefined) return
  const lane = named.replace(/^(["'`])(.+)\1$/, '$2')
  const line = reading.at
  if (lane !== '') reading.headings.push({ level, lane, line })
  else reading.plan.problems.push({ place: { line, column: 1 }, sentence: 'this heading names no lane.' })
}

/** A block belongs to the box above it, also when it is not indented, unless it belongs to a list below that box. */
function readBlock(reading: Reading, fence: Fence): void {
  const { lines, at, item, plan } = reading
  const end = indexFrom(lines, at + 1, line => closesFence(line, fence))
  reading.at = end === -1 ? lines.length : end + 1
  if (end === -1) {
    const place = { line: at + 1, column: fence.indent + 1 }
    plan.problems.push({ place, sentence: `the block that begins here is never closed with ${fence.mark}.` })
    return
  }
  if (!item) return
  const isOwn = fence.indent < (item.nested ?? item.indent + 6)
  const block: ItemBlock = {
    fence,
    from: item.lines.length,
    line: at + 1,
    body: lines.slice(at + 1, end),
  }
  item.lines.push(...lines.slice(at, end + 1))
  item.end = item.lines.length
  if (isOwn) item.blocks.push(block)
}

/** What is commented out is no task, and says nothing to one. */
function skipComment(reading: Reading): void {
  const { lines, at, plan } = reading
  const end = indexFrom(lines, at, line => line.includes('-->'))
  reading.at = end === -1 ? lines.length : end + 1
  if (end !== -1) return
  const place = { line: at + 1, column: 1 }
  plan.problems.push({ place, sentence: 'the comment that begins here is never closed with -->.' })
}

function indexFrom(lines: string[], from: number, test: (line: string) => boolean): number {
  for (let i = from; i < lines.length; i++) if (test(lines[i] as string)) return i
  return -1
}
