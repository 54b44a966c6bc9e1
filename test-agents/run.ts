// What `npm run test:agents` runs: the tests beside this file, with the real agents.
// usage: npm run test:agents [-- FILE…]
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { installAgents } from './install.ts'

const say = (line: string) => process.stderr.write(`npm run test:agents: ${line}\n`)

/** A test that takes longer hangs. */
const limitMs = 5 * 60_000

try {
  for (const program of ['git', 'bash', 'python3']) {
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0)
      throw new Error(`${program} is missing: it has to be on the PATH.`)
  }
  installAgents(say)
  process.exitCode = await runTests()
} catch (error) {
  say((error as Error).message)
  process.exitCode = 1
}

function runTests(): Promise<number> {
  const named = process.argv.slice(2)
  const all = fs.readdirSync(import.meta.dirname).filter(name => name.endsWith('.test.ts'))
  const files = named.length > 0 ? named : all.sort().map(name => path.join(import.meta.dirname, name))
  const words = ['--test', '--test-concurrency=1', '--test-reporter=spec', `--test-timeout=${limitMs}`]
  const child = spawn(process.execPath, [...words, ...files], { stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 1))
  })
}
