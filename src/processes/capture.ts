import type { ExecFileSyncOptions } from 'node:child_process'

/**
 * What a program prints. `node:child_process` is loaded when it is needed: on Linux it is not, and it costs every
 * command 5 ms at its start.
 */
export function capture(
  program: string,
  args: string[],
  options: ExecFileSyncOptions & { encoding: 'utf8' },
): string {
  return process.getBuiltinModule('node:child_process').execFileSync(program, args, options)
}
