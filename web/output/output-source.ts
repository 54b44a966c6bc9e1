import type { Output, OutputChunk } from '../../src/contract/api.ts'
import type { OutputStream } from '../../src/contract/attempts.ts'

/** The contract's list of them comes with schemas, which stay out of the browser. */
export const streams = ['stdout', 'stderr'] as const satisfies OutputStream[]

/** Where the output of one attempt comes from, and where it may be taken. */
export type OutputSource = {
  label: string
  fileName: string
  marks(after: number): Promise<Output<'listOutputMarks'>>
  read(stream: OutputStream, offset: number, limit: number): Promise<OutputChunk>
  /** To the clipboard. @returns whether that could be done */
  copy(text: string): Promise<boolean>
}
