import { stripVTControlCharacters } from 'node:util'
import type { Api } from '../../contract/api.ts'
import type { OutputStream } from '../../contract/attempts.ts'
import { createEscapeFilter } from '../../escape-filter.ts'
import { createOutputReader, readSegment } from '../output-reader.ts'
import { page } from '../pager.ts'
import { openRendering } from '../rendering.ts'
import { sizeText } from '../text.ts'

/**
 * Shows all that an attempt wrote in the person's pager, made harmless for a terminal.
 * @returns whether the pager could be started
 */
export const pageOutput = (
  api: Api,
  { id, attempt, colours }: { id: string; attempt: number; colours: boolean },
  env: NodeJS.ProcessEnv,
): Promise<boolean> => page(wholeOutput(api, id, attempt, colours), env)

async function* wholeOutput(
  api: Api,
  id: string,
  attempt: number,
  colours: boolean,
): AsyncGenerator<Buffer | string> {
  const filters: Record<OutputStream, (bytes: Uint8Array) => Uint8Array> = {
    stdout: createEscapeFilter(),
    stderr: createEscapeFilter(),
  }
  const { segments } = await createOutputReader(api, id, attempt)({ all: true })
  const rendering = await openRendering(api, { id, attempt, colour: colours })
  const harmless = (stream: OutputStream, bytes: Uint8Array): Buffer => {
    const shown = Buffer.from(filters[stream](bytes))
    // Byte by byte, so that a character that is cut in two stays whole.
    return colours ? shown : Buffer.from(stripVTControlCharacters(shown.toString('latin1')), 'latin1')
  }
  for (const segment of segments) {
    const { stream } = segment
    for await (const piece of readSegment(api, id, attempt, segment)) {
      if (typeof piece === 'number') {
        if (stream === 'stdout') rendering.gap()
        yield `\n… ${sizeText(piece)} left out …\n`
      } else yield harmless(stream, stream === 'stdout' ? rendering.write(piece) : piece)
    }
  }
  yield harmless('stdout', rendering.end())
}
