import { useQuery } from '@tanstack/react-query'
import { type ComponentType, useState } from 'react'
import { describeWork } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { queries } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Command } from '../../parts/command.tsx'
import { Link } from '../../parts/link.tsx'
import { PageAbout, PageFrame } from '../../parts/page.tsx'
import { navigate, type Place, toTask } from '../../parts/router.ts'
import { TaskState } from '../../parts/state.tsx'
import { Line } from '../../parts/texts.tsx'
import { Empty } from '../../parts/trouble.tsx'
import { AttemptsTab } from './attempts-tab.tsx'
import { EditForm } from './edit-form.tsx'
import { OutputTab, TranscriptTab } from './output-tab.tsx'
import { PayloadTab } from './payload-tab.tsx'
import { RejectForm } from './reject-form.tsx'
import { ResultTab } from './result-tab.tsx'
import { Side } from './side.tsx'
import { Strip } from './strip.tsx'
import { taskActions } from './task-actions.ts'

const tabs: Record<string, { title: string; show: ComponentType<{ task: Task }> }> = {
  output: { title: 'Output', show: OutputTab },
  transcript: { title: 'Transcript', show: TranscriptTab },
  result: { title: 'Result', show: ResultTab },
  payload: { title: 'Payload', show: PayloadTab },
  attempts: { title: 'Attempts', show: AttemptsTab },
}

/** Everything about a task; each of its tabs is an address. */
export default function TaskPage({ params }: Place) {
  const ref = params.task as string
  const asked = useQuery(queries.task(ref))
  return (
    <PageAbout name={ref} query={asked}>
      {({ task }) => <Shown key={task.id} task={task} tab={params.tab ?? 'output'} />}
    </PageAbout>
  )
}

function Shown({ task, tab }: { task: Task; tab: string }) {
  const [form, setForm] = useState<'edit' | 'requeue' | 'reject' | undefined>()
  const actions = taskActions(task, setForm)
  const steps = Object.entries(tabs).map(([name, { title }], at) => ({
    title,
    key: String(at + 1),
    run: () => navigate(toTask(task.friendly_id, name), { replace: true }),
  }))
  useActions([
    ...actions.map(({ title, key, run }) => ({
      title: `${title} ${task.friendly_id}`,
      run,
      ...(key ? { key } : {}),
    })),
    ...steps,
  ])
  const Tab = Object.hasOwn(tabs, tab) ? tabs[tab]?.show : undefined
  const close = () => setForm(undefined)
  return (
    <PageFrame
      title={`${task.friendly_id} ${task.status}`}
      heading={
        <div className="task-head">
          <h1>
            <bdi>{task.friendly_id}</bdi>
          </h1>
          <TaskState task={task} />
        </div>
      }
      actions={actions.map(({ title, run, key, look }) => (
        <Button key={title} onPress={run} hotkey={key} look={look ?? 'plain'}>
          {title}
        </Button>
      ))}
    >
      <Line text={`${task.tool_name}  ${describeWork(task)}`} className="task-what mono" />
      <Cause task={task} />
      <Strip task={task} />
      <div className="task-body">
        <div className="task-main">
          <nav className="tabs" aria-label={`Parts of ${task.friendly_id}`}>
            {Object.entries(tabs).map(([name, { title }]) => (
              <Link
                key={name}
                href={toTask(task.friendly_id, name)}
                {...(name === tab ? { 'aria-current': 'page' as const } : {})}
              >
                {title}
              </Link>
            ))}
          </nav>
          {Tab ? <Tab task={task} /> : <Empty>A task has no part that is called that.</Empty>}
        </div>
        <Side task={task} />
      </div>
      {form === 'edit' || form === 'requeue' ? <EditForm task={task} as={form} onClose={close} /> : null}
      {form === 'reject' ? <RejectForm task={task} onClose={close} /> : null}
    </PageFrame>
  )
}

/** Why it is not running, or how it ended, in one sentence. */
function Cause({ task }: { task: Task }) {
  const { data: why } = useQuery(queries.why(task.id))
  return (
    <div className="cause">
      <p className="wrap">{why?.sentence ?? '\u00a0'}</p>
      {task.status === 'queued' ? why?.next.map(text => <Command key={text} text={text} />) : null}
    </div>
  )
}
