import { SparkqError } from '../contract/errors.ts'
import { reportError } from './report-error.ts'
import type { Terminal } from './terminal.ts'

/**
 * Does the same with each of several things; one that fails is reported and does not keep the others from it.
 * @returns the exit code of the first failure
 */
export async function forEach(
  refs: readonly string[],
  terminal: Terminal,
  work: (ref: string) => Promise<unknown>,
): Promise<number | undefined> {
  if (refs.length === 1) {
    await work(refs[0] as string)
    return undefined
  }
  let exit: number | undefined
  for (const ref of refs) {
    try {
      await work(ref)
    } catch (error) {
      if (!(error instanceof SparkqError) || error.code === 'internal') throw error
      const code = reportError(error, terminal.err, { debug: false })
      exit ??= code
    }
  }
  return exit
}
