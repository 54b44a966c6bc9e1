/** The command line: what `bin/sparkq.js` calls. Sets the exit code and never throws. */
export async function main(argv: string[]): Promise<void> {
  // The version is asked for by scripts, often: nothing else is loaded for it.
  if (argv[0] === '--version' || argv[0] === '-V') {
    process.stdout.write(`sparkq ${(await import('../version.ts')).version}\n`)
    return
  }
  const { runCommandLine } = await import('./dispatch.ts')
  await runCommandLine(argv)
}
