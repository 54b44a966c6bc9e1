import type { Queue } from '../../../src/contract/queues.ts'
import type { Tool } from '../../../src/contract/tools.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import type { Draft } from './draft.ts'

type Props = { draft: Draft; lane: Queue | undefined; tool: Tool; change: (changes: Partial<Draft>) => void }

const delays = [
  ['15 min', 15],
  ['1 h', 60],
  ['8 h', 480],
] as const

/** What most tasks do not need: folded until something of it is set. */
export function MoreFields({ draft, lane, tool, change }: Props) {
  const { timeout, notBefore, check, attempts } = draft
  const isSet = [timeout, notBefore, check, attempts].some(it => it !== '')
  return (
    <details className="enqueue-more" open={isSet || undefined}>
      <summary>Timeout, delay, check, attempts</summary>
      <div className="enqueue-fields">
        <Field label="Timeout, in seconds" note="Empty: as its tool, script or class says.">
          {id => (
            <input
              id={id}
              type="number"
              min={1}
              value={timeout}
              onChange={event => change({ timeout: event.target.value })}
            />
          )}
        </Field>
        <Field label="Attempts" note="How often it may be tried when it fails; empty: as the lane says.">
          {id => (
            <input
              id={id}
              type="number"
              min={1}
              max={100}
              value={attempts}
              onChange={event => change({ attempts: event.target.value })}
            />
          )}
        </Field>
        <Field label="Not before">
          {id => (
            <>
              <input
                id={id}
                type="datetime-local"
                value={notBefore}
                onChange={event => change({ notBefore: event.target.value })}
              />
              <div className="form-actions">
                {delays.map(([text, minutes]) => (
                  <Button key={text} look="quiet" onPress={() => change({ notBefore: localIn(minutes) })}>
                    in {text}
                  </Button>
                ))}
                {notBefore === '' ? null : (
                  <Button look="quiet" onPress={() => change({ notBefore: '' })}>
                    at once
                  </Button>
                )}
              </div>
            </>
          )}
        </Field>
        {tool.kind === 'other' ? null : (
          <Field label="Check" note="A command line: the task has succeeded when it ends with 0, too.">
            {id => (
              <input
                id={id}
                className="mono"
                autoComplete="off"
                spellCheck={false}
                placeholder={lane?.settings.check ?? ''}
                value={check}
                onChange={event => change({ check: event.target.value })}
              />
            )}
          </Field>
        )}
      </div>
    </details>
  )
}

/** As the field has it: the time here, to the minute, never too soon. */
function localIn(minutes: number): string {
  const at = new Date(Math.ceil(Date.now() / 60_000 + minutes) * 60_000)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
