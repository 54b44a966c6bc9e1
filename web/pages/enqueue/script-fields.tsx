import { useEffect, useId } from 'react'
import type { Script } from '../../../src/contract/scripts.ts'
import { shellWord } from '../../../src/contract/shell-word.ts'
import { span } from '../../../src/contract/time-text.ts'
import { oneLine } from '../../../src/contract/visible-text.ts'
import { Field } from '../../parts/field.tsx'
import { Name } from '../../parts/texts.tsx'
import type { Draft } from './draft.ts'
import { wordsOf } from './payload.ts'

type Props = {
  draft: Draft
  scripts: Script[]
  script: Script | undefined
  change: (changes: Partial<Draft>) => void
}

/** A script by its path or name, with a field for each input that its header declares. */
export function ScriptFields({ draft, scripts, script, change }: Props) {
  const list = useId()
  const { inputs } = draft
  const declared = script?.inputs.length ?? 0
  // What came with a task, or was typed before the script was known, finds its fields.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another script is named, and not while it is typed
  useEffect(() => {
    if (declared > 0 && draft.more !== '' && inputs.every(it => it === ''))
      change(spread(draft.more, declared))
  }, [script?.path])
  return (
    <>
      <Field
        label="Script"
        note={
          script ? (
            <>
              {script.description ? <Name text={script.description} /> : 'Its header says nothing of it.'}
              {script.timeout === null ? '' : ` Stops after ${span(script.timeout)}.`}
            </>
          ) : (
            'Its path in the project, or its name: what is known is proposed.'
          )
        }
      >
        {id => (
          <>
            <input
              id={id}
              className="mono"
              list={list}
              autoComplete="off"
              spellCheck={false}
              value={draft.script}
              onChange={event => change({ script: event.target.value })}
            />
            <datalist id={list}>
              {scripts.map(({ path, description }) => (
                <option key={path} value={path}>
                  {oneLine(description ?? '')}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      {script?.inputs.map(({ name, required }, at) => (
        <Field key={name} label={oneLine(name)} note={required ? undefined : 'May be empty.'}>
          {id => (
            <input
              id={id}
              className="mono"
              required={required}
              autoComplete="off"
              spellCheck={false}
              value={inputs[at] ?? ''}
              onChange={event => {
                const next = script.inputs.map((_, it) => inputs[it] ?? '')
                next[at] = event.target.value
                change({ inputs: next })
              }}
            />
          )}
        </Field>
      ))}
      <Field
        label={declared > 0 ? 'More arguments' : 'Arguments'}
        note="As in a shell: quotes keep blanks together."
      >
        {id => (
          <input
            id={id}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={draft.more}
            onChange={event => change({ more: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

/** What of the arguments has a field of its own, and the others as they would be typed. */
function spread(line: string, declared: number): Partial<Draft> {
  try {
    const words = wordsOf(line)
    return { inputs: words.slice(0, declared), more: words.slice(declared).map(shellWord).join(' ') }
  } catch {
    // A quote is not closed: it is said where they are typed.
    return {}
  }
}
