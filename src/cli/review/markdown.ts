import { stripVTControlCharacters } from 'node:util'
import type { Api } from '../../contract/api.ts'
import { reviewSentence } from '../../contract/review-text.ts'
import type { Task } from '../../contract/tasks.ts'
import { changesText, hasChanged } from '../changes-text.ts'
import { describeWork, glyphOf, statusText, timeText } from '../task-text.ts'
import { oneLine, shorten, usd, visible } from '../text.ts'
import { clock, duration } from '../times.ts'
import { readTail } from './output-tail.ts'
import { nowText, type Reviewed, saidOf } from './report.ts'

const mostTasks = 100
const tailLines = 12
const longestLine = 300

/** A morning report: what happened, per lane, and each task that needs a decision with the end of its output. */
export async function toMarkdown(api: Api, { review, tasks }: Reviewed): Promise<string> {
  const since = review.since === null ? '' : ` since ${clock(review.since)}`
  const parts = [`# SparkQ${since}`, reviewSentence(review)]
  if (review.lanes.length > 0) {
    const rows = review.lanes.map(lane => [
      inline(lane.queue.name),
      String(lane.succeeded),
      String(lane.failed),
      lane.work_seconds > 0 ? duration(lane.work_seconds * 1000) : '',
      lane.cost_usd > 0 ? inline(usd(lane.cost_usd)) : '',
      inline(nowText(lane)),
    ])
    parts.push(table(['lane', 'succeeded', 'failed', 'work', 'cost', 'now'], rows))
  }
  parts.push(tasks.length === 0 ? 'Nothing left to review.' : `## To review: ${tasks.length}`)
  for (const task of tasks.slice(0, mostTasks)) parts.push(await section(api, task))
  if (tasks.length > mostTasks) parts.push(`… and ${tasks.length - mostTasks} more: \`sparkq review\``)
  return parts.join('\n\n')
}

function table(titles: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`
  return [line(titles), '| --- | ---: | ---: | ---: | ---: | --- |', ...rows.map(line)].join('\n')
}

async function section(api: Api, task: Task): Promise<string> {
  const work = shorten(`${task.tool_name} ${describeWork(task)}`, 200)
  const facts = [
    statusText(task),
    timeText(task),
    task.cost_usd === null ? '' : usd(task.cost_usd),
    `finished ${clock(task.finished_at ?? task.updated_at)}`,
  ]
  const said = saidOf(task)
  const parts = [
    `### ${glyphOf(task).text} ${inline(`${task.friendly_id} · ${work}`)}`,
    [...facts.filter(Boolean), task.queue.name].map(inline).join(' · '),
  ]
  if (said !== '') parts.push(`> ${inline(shorten(oneLine(said), 1000))}`)
  const tail = task.attempt === null ? undefined : await readTail(api, task.id, task.attempt, tailLines)
  if (tail && tail.lines.length > 0)
    parts.push(
      fenced(tail.lines.map(({ text }) => shorten(visible(stripVTControlCharacters(text)), longestLine))),
    )
  const { changes } = await api.getPatch({ id: task.id })
  if (changes && hasChanged(changes))
    parts.push(`Changed ${inline(changesText(changes))}: \`sparkq diff ${task.friendly_id}\``)
  parts.push(`\`sparkq review ${task.friendly_id}\``)
  return parts.join('\n\n')
}

/** No line of it is taken for the end: the fence is longer than any run of its sign. */
function fenced(lines: string[]): string {
  const longest = Math.max(0, ...lines.flatMap(line => [...line.matchAll(/`+/g)].map(([run]) => run.length)))
  const fence = '`'.repeat(Math.max(3, longest + 1))
  return [`${fence}text`, ...lines, fence].join('\n')
}

/** A text that stands for itself: nothing in it is taken for Markdown or HTML. */
function inline(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>()#+!|~&$]|^[-=]|(?<=^\d{1,9})[.)](?= |$)/g, '\\$&')
}
