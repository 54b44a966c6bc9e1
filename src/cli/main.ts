/** Put in by the bundler. */
declare const SPARKQ_VERSION: string

/** The command line: what `bin/sparkq.js` calls. Sets the exit code and never throws. */
export async function main(argv: string[]): Promise<void> {
  // The version is asked for by scripts, often: nothing else is loaded for it.
  if (argv[0] === '--version' || argv[0] === '-V') {
    process.stdout.write(`sparkq ${await readVersion()}\n`)
    return
  }
  const { runCommandLine } = await import('./dispatch.ts')
  await runCommandLine(argv)
}

async function readVersion(): Promise<string> {
  if (typeof SPARKQ_VERSION === 'string') return SPARKQ_VERSION
  const { readFileSync } = await import('node:fs')
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return version
}
