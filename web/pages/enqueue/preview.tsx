import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useState } from 'react'
import type { Queue } from '../../../src/contract/queues.ts'
import { shellWord } from '../../../src/contract/shell-word.ts'
import { describeWork } from '../../../src/contract/task-text.ts'
import type { CheckedTask, TaskInput } from '../../../src/contract/tasks.ts'
import { clock, span } from '../../../src/contract/time-text.ts'
import type { Tool } from '../../../src/contract/tools.ts'
import { visible } from '../../../src/contract/visible-text.ts'
import { count } from '../../../src/contract/words.ts'
import { api } from '../../api/client.ts'
import { Command } from '../../parts/command.tsx'
import { Block, Line, Name } from '../../parts/texts.tsx'
import { Trouble } from '../../parts/trouble.tsx'
import type { Made } from './payload.ts'

const settleMs = 200
const shown = 20

/** What would come of it, as the server says that has to run it; nothing is queued by looking. */
export function Preview({ made, lane, tool }: { made: Made; lane: Queue | undefined; tool: Tool }) {
  const tasks = useSettled(made.tasks)
  const checked = useQuery({
    queryKey: ['tools', 'check', tasks],
    queryFn: async () => (await api.checkTasks({ tasks: tasks ?? [] })).tasks,
    enabled: tasks !== undefined,
    placeholderData: keepPreviousData,
  })
  if (!made.tasks) {
    return <p className="dim">{made.missing || 'What it runs is shown here before it is queued.'}</p>
  }
  if (checked.error) return <Trouble error={checked.error} />
  // While it is typed, answers are to what stood there a moment ago.
  const answers = checked.data && tasks && checked.data.length === tasks.length ? checked.data : undefined
  if (!answers || !tasks) return <p className="dim">…</p>
  return (
    <>
      <Around lane={lane} tool={tool} task={tasks[0] as TaskInput} />
      <ol className="enqueue-checked" aria-label="What would be queued">
        {tasks.slice(0, shown).map((task, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they stand as they were typed
          <Row key={at} task={task} checked={answers[at] as CheckedTask} isAlone={tasks.length === 1} />
        ))}
      </ol>
      {tasks.length > shown ? <p className="dim">and {count(tasks.length - shown, 'more task')}</p> : null}
    </>
  )
}

/** What goes with each of them. */
function Around({ lane, tool, task }: { lane: Queue | undefined; tool: Tool; task: TaskInput }) {
  const { agent, model, command, kind } = tool
  const { cwd, check } = task.payload as { cwd?: string; check?: string }
  const lines = lane?.instructions?.trim().split('\n').length ?? 0
  return (
    <p className="facts dim">
      {agent ? <span>{model ? `${agent}, model ${model}` : agent}</span> : null}
      {command ? <Name text={command.map(shellWord).join(' ')} /> : null}
      {kind === 'prompt' && lines > 0 ? (
        <span>after the lane’s instructions ({count(lines, 'line')})</span>
      ) : null}
      {cwd ? (
        <span>
          in <Name text={cwd} />
        </span>
      ) : null}
      {(check ?? lane?.settings.check) ? (
        <span>
          then checks <Name text={check ?? lane?.settings.check ?? ''} />
        </span>
      ) : null}
      {task.not_before ? <span>not before {clock(task.not_before)}</span> : null}
    </p>
  )
}

function Row({ task, checked, isAlone }: { task: TaskInput; checked: CheckedTask; isAlone: boolean }) {
  const { problem, warnings, tool_name, task_class, timeout } = checked
  const { prompt, command, code } = task.payload as Record<string, unknown>
  const text = [prompt, command, code].find(it => typeof it === 'string') as string | undefined
  const work = describeWork({ payload: task.payload as never, tool_name: task.tool_name ?? '' })
  return (
    <li>
      {isAlone && text?.includes('\n') ? (
        <Block text={text} label="What it is to do" />
      ) : (
        <Line text={work} className="mono" />
      )}
      {problem ? (
        <div className="trouble" role="alert">
          <p className="wrap">{visible(problem.message)}</p>
          {problem.hint?.split('\n').map(line => (
            <Command key={line} text={line} />
          ))}
        </div>
      ) : (
        <p className="facts dim">
          {tool_name ? <Name text={tool_name} /> : null}
          {task_class ? <Name text={task_class} /> : null}
          {timeout === null ? null : <span>stops after {span(timeout)}</span>}
        </p>
      )}
      {warnings.map(text => (
        <p key={text} className="wrap state-waiting">
          ! <Name text={text} />
        </p>
      ))}
    </li>
  )
}

/** The same when nothing was typed for a moment: the server is not asked at each key. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  const text = useDeferredValue(JSON.stringify(value))
  // biome-ignore lint/correctness/useExhaustiveDependencies: another object of the same text is the same
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
