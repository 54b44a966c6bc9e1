import { shellWord } from '../../contract/shell-word.ts'
import { findProgram } from '../../processes/find-program.ts'

/** What to type for this very program: `sparkq` where that is found, else how it was started. */
export function ownName(env: NodeJS.ProcessEnv, argv: readonly string[] = process.argv): string {
  if (findProgram('sparkq', env)) return 'sparkq'
  return [process.execPath, argv[1] ?? ''].map(shellWord).join(' ')
}
