import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Shows pieces of text in the person's pager.
 * @param less what `less` is told where the person tells it nothing (LESS)
 * @returns whether the pager could be started
 */
export async function page(
  pieces: AsyncIterable<Buffer | string> | Iterable<Buffer | string>,
  env: NodeJS.ProcessEnv,
  less = 'R',
): Promise<boolean> {
  const pager = spawn('sh', ['-c', env.PAGER || 'less'], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env.LESS ?? less },
  })
  const closed = new Promise<number | null>(resolve => {
    pager.once('close', resolve)
    pager.once('error', () => resolve(127))
  })
  // A pager that is left before the end reads no more.
  let isOpen = true
  pager.stdin
    .on('error', () => {})
    .on('close', () => {
      isOpen = false
    })
  for await (const piece of pieces) {
    if (!isOpen) break
    if (!pager.stdin.write(piece)) await Promise.race([once(pager.stdin, 'drain').catch(ignore), closed])
  }
  pager.stdin.end()
  return (await closed) !== 127
}

const ignore = (): void => {}
