import { useRef } from 'react'
import { WindowVirtualizer, type WindowVirtualizerHandle } from 'virtua'
import { describeWork, lookOf, statusText } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { useActions } from '../../parts/actions.ts'
import { Link } from '../../parts/link.tsx'
import { toTask } from '../../parts/router.ts'
import { Glyph } from '../../parts/state.tsx'
import { saysOf } from '../../parts/task-list.tsx'
import { Line } from '../../parts/texts.tsx'
import { Ago, Took } from '../../parts/times.tsx'

type Props = { tasks: Task[]; isWhole: boolean; added: number; more: () => void }

const rowHeight = 36
/** So many rows before the last one that was read, more are asked for. */
const ahead = 60

/** Only the rows that are seen are in the page, however many there are. */
export function TaskTable({ tasks, isWhole, added, more }: Props) {
  const rows = useRef<WindowVirtualizerHandle>(null)
  const at = useRef(-1)
  const go = (step: number) => {
    at.current = Math.max(0, Math.min(tasks.length - 1, at.current + step))
    rows.current?.scrollToIndex(at.current, { align: 'nearest', offset: step * rowHeight })
    // What is in the page already has the next key, however fast that comes.
    if (!focusRow(at.current)) requestAnimationFrame(() => focusRow(at.current))
  }
  useActions([
    { title: 'Next task', key: 'j', run: () => go(1) },
    { title: 'Task before', key: 'k', run: () => go(-1) },
  ])
  const look = () => {
    const list = rows.current
    if (!list || isWhole) return
    if (list.findItemIndex(list.scrollOffset + list.viewportSize) > tasks.length - ahead) more()
  }
  return (
    <div
      className="task-table"
      role="table"
      aria-label="Tasks"
      aria-rowcount={isWhole ? tasks.length + 1 : -1}
    >
      <div role="rowgroup" className="task-table-head">
        <div role="row" aria-rowindex={1}>
          {['Task', 'Tool', 'What', 'Lane', 'Status', 'Took', 'When'].map(title => (
            <span key={title} role="columnheader">
              {title}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup">
        <WindowVirtualizer
          ref={rows}
          data={tasks}
          itemSize={rowHeight}
          // New tasks come in above; who has scrolled down goes on seeing what they read.
          shift={added > 0 && scrollY > 200}
          onScroll={look}
        >
          {(task, index) => <Row key={task.id} task={task} index={index} />}
        </WindowVirtualizer>
      </div>
    </div>
  )
}

function focusRow(index: number): boolean {
  const link = document.querySelector<HTMLElement>(`[data-row="${index}"] a`)
  link?.focus({ preventScroll: true })
  return link !== null
}

function Row({ task, index }: { task: Task; index: number }) {
  return (
    <div role="row" aria-rowindex={index + 2} data-row={index}>
      <span role="cell" className="task-cell">
        <Glyph look={lookOf(task)} />
        <Link className="task-id" href={toTask(task.friendly_id)}>
          <bdi>{task.friendly_id}</bdi>
        </Link>
      </span>
      <span role="cell" className="dim tool">
        <Line text={task.tool_name} />
      </span>
      <span role="cell" className="what">
        <Line text={describeWork(task)} />
        <Line text={saysOf(task)} className="dim says" />
      </span>
      <span role="cell" className="dim lane">
        <Line text={task.queue.name} />
      </span>
      <span role="cell" className={`status state-${lookOf(task)}`}>
        <Line text={statusText(task)} />
      </span>
      <span role="cell" className="took">
        <Took task={task} />
      </span>
      <span role="cell" className="dim ago">
        <Ago at={task.finished_at ?? task.started_at ?? task.created_at} />
      </span>
    </div>
  )
}
