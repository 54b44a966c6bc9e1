import { useId, useState } from 'react'
import type { Queue } from '../../../src/contract/queues.ts'
import { api } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { attempt } from '../../parts/toasts.tsx'

/** What is typed here stays until it is saved or dropped, whatever is changed elsewhere meanwhile; that is said. */
export function Instructions({ queue }: { queue: Queue }) {
  const theirs = queue.instructions ?? ''
  const [draft, setDraft] = useState<{ text: string; from: string } | undefined>()
  const id = useId()
  const isChanged = draft !== undefined && draft.text !== theirs
  const isOlder = isChanged && draft.from !== theirs
  const save = async () => {
    const instructions = draft?.text.trim() ? draft.text : null
    const done = await attempt(
      () => api.updateQueue({ id: queue.id, instructions }),
      'Saved the instructions.',
      () => api.updateQueue({ id: queue.id, instructions: queue.instructions }),
    )
    if (done) setDraft(undefined)
  }
  return (
    <div className="form">
      <label htmlFor={id} className="unseen">
        Instructions
      </label>
      <textarea
        id={id}
        className="mono"
        rows={Math.min(24, Math.max(4, (draft?.text ?? theirs).split('\n').length + 1))}
        placeholder="What is this lane about? It goes in front of every prompt, and runners show it."
        value={draft?.text ?? theirs}
        onChange={event => setDraft({ text: event.target.value, from: draft?.from ?? theirs })}
        onKeyDown={event => {
          if (isChanged && event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void save()
        }}
      />
      <div className="form-actions">
        <Button look={isChanged ? 'primary' : 'plain'} disabled={!isChanged} onPress={save}>
          Save
        </Button>
        <Button look="quiet" disabled={!isChanged} onPress={() => setDraft(undefined)}>
          Drop changes
        </Button>
        {isOlder ? (
          <span className="state-stale">! They were changed elsewhere meanwhile; saving replaces that.</span>
        ) : null}
      </div>
    </div>
  )
}
