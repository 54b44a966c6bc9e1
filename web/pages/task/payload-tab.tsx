import { shellWord } from '../../../src/contract/shell-word.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { Section } from '../../parts/page.tsx'
import { Block } from '../../parts/texts.tsx'

const titles = { prompt: 'Prompt', command: 'Command', code: 'Code' } as const

/** What it is to do: as it would be typed, then as it is stored. */
export function PayloadTab({ task }: { task: Task }) {
  const payload = (task.payload ?? {}) as Record<string, unknown>
  const { script_path, args } = payload
  return (
    <>
      {Object.entries(titles).map(([key, title]) =>
        typeof payload[key] === 'string' ? (
          <Section key={key} title={title}>
            <Block text={payload[key]} label={title} />
          </Section>
        ) : null,
      )}
      {typeof script_path === 'string' ? (
        <Section title="Script">
          <Block
            label="Script"
            text={[script_path, ...(Array.isArray(args) ? args.map(String) : [])].map(shellWord).join(' ')}
          />
        </Section>
      ) : null}
      <Section title="Payload">
        <Block text={JSON.stringify(task.payload, null, 2)} label="Payload" />
      </Section>
    </>
  )
}
