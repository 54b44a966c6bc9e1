import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Queue } from '../../../src/contract/queues.ts'
import type { Tool } from '../../../src/contract/tools.ts'
import { queries } from '../../api/queries.ts'
import { createStore, useStore } from '../../api/store.ts'
import { type Draft, draftOf, emptyDraft } from './draft.ts'

/** Whoever looks at something else meanwhile finds what they have written. */
const draft = createStore<Draft>(emptyDraft)

/** What is being written, begun from what the address names: a lane, a stored prompt, a task to make again. */
export function useDraft(query: URLSearchParams, queues: Queue[], tools: Tool[]) {
  const now = useStore(draft)
  const again = query.get('again') ?? undefined
  const address = query.toString()
  const [begun, setBegun] = useState<string>()
  const asked = useQuery({ ...queries.task(again ?? ''), enabled: again !== undefined })
  const task = again === undefined ? undefined : asked.data?.task
  const isReady = again === undefined || task !== undefined
  useEffect(() => {
    if (begun === address || !isReady) return
    setBegun(address)
    if (task) draft.set(draftOf(task))
    const given = new URLSearchParams(address)
    const queue = given.get('queue')
    const stored = given.get('prompt')
    draft.set({
      ...draft.get(),
      ...(queue ? { queue, ...(queue === draft.get().queue ? {} : { tool: '' }) } : {}),
      ...(stored ? { stored, isScript: false, tool: tools.find(isForPrompts)?.name ?? '' } : {}),
    })
  }, [address, begun, isReady, task, tools])

  // Where the lane that was chosen is gone, none is put in its place.
  const isAsked = ({ name, id }: Queue) => now.queue === '' || now.queue === name || now.queue === id
  const lane = queues.find(isAsked)
  const tool = toolOf(now.tool, lane, tools)
  const gone = [
    ...(lane ? [] : [`The lane "${now.queue}" takes no tasks: choose another.`]),
    ...(now.tool !== '' && tool && tool.name !== now.tool
      ? [`There is no tool "${now.tool}": ${tool.name} would run this.`]
      : []),
  ]
  return {
    draft: { ...now, queue: lane?.id ?? '', tool: tool?.name ?? '' },
    /** What was asked for and is not there, as sentences. */
    gone,
    lane,
    tool,
    task,
    error: asked.error,
    change: (changes: Partial<Draft>) => draft.set({ ...draft.get(), ...changes }),
    set: (next: Draft) => draft.set(next),
  }
}

const isForPrompts = ({ kind }: Tool): boolean => kind === 'prompt'

/** The one that was chosen, else the lane's own, else the shell. */
function toolOf(name: string, lane: Queue | undefined, tools: Tool[]): Tool | undefined {
  const wanted = [name, lane?.settings.default_tool, 'run-bash']
  for (const it of wanted) {
    const found = tools.find(tool => tool.name === it)
    if (found) return found
  }
  return tools[0]
}
