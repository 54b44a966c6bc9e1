import type { Prompt } from '../../../src/contract/prompts.ts'
import { oneLine } from '../../../src/contract/visible-text.ts'
import { Button } from '../../parts/button.tsx'
import { Field, Select } from '../../parts/field.tsx'
import type { Draft } from './draft.ts'

type Props = {
  draft: Draft
  prompts: Prompt[]
  prompt: Prompt | undefined
  /** Its text with all variables filled in, once they are. */
  rendered: string | undefined
  change: (changes: Partial<Draft>) => void
}

/** Which stored prompt, if any. */
export function PromptChoice({ draft, prompts, change }: Pick<Props, 'draft' | 'prompts' | 'change'>) {
  if (prompts.length === 0) return null
  return (
    <Field label="Stored prompt">
      {id => (
        <Select
          id={id}
          value={draft.stored}
          choices={[
            { value: '', label: 'none: written below' },
            ...prompts.map(({ command, description }) => ({
              value: command,
              label: description ? `${command}: ${description}` : command,
            })),
          ]}
          onChange={stored => change({ stored, values: {} })}
        />
      )}
    </Field>
  )
}

/** A field for each variable of a stored prompt; its text can be taken over and changed. */
export function Variables({ draft, prompt, rendered, change }: Omit<Props, 'prompts'>) {
  if (!prompt) return null
  return (
    <>
      {prompt.variables.map(({ name, required, default: otherwise }) => (
        <Field key={name} label={oneLine(name)}>
          {id => (
            <textarea
              id={id}
              rows={1}
              required={required}
              placeholder={required ? '' : (otherwise ?? '')}
              value={draft.values[name] ?? ''}
              onChange={event => change({ values: { ...draft.values, [name]: event.target.value } })}
            />
          )}
        </Field>
      ))}
      <div className="form-actions">
        <Button
          look="quiet"
          disabled={rendered === undefined}
          onPress={() => change({ stored: '', values: {}, text: rendered ?? '' })}
        >
          Change its text
        </Button>
      </div>
    </>
  )
}
