import type { Task } from '../../../src/contract/tasks.ts'
import { Section } from '../../parts/page.tsx'
import { Block } from '../../parts/texts.tsx'
import { Empty } from '../../parts/trouble.tsx'

/** What came of it. */
export function ResultTab({ task }: { task: Task }) {
  const { result_summary, result_data, error_message, error_detail, finished_at } = task
  if (finished_at === null) return <Empty>It has not finished.</Empty>
  return (
    <>
      {result_summary === null ? null : (
        <Section title="Summary">
          <Block text={result_summary} label="Summary" />
        </Section>
      )}
      {error_message === null ? null : (
        <Section title="What failed">
          <Block text={error_message} label="What failed" />
        </Section>
      )}
      {error_detail === null ? null : (
        <Section title="What it said last">
          <Block text={error_detail} label="What it said last" />
        </Section>
      )}
      {result_data === null ? null : (
        <Section title="Data">
          <Block text={JSON.stringify(result_data, null, 2)} label="Data" />
        </Section>
      )}
    </>
  )
}
