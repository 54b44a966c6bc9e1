import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createScriptIndex } from '../src/scripts/script-index.ts'
import type { Grounds } from './ground.ts'
import { inTurns, timed } from './measure.ts'
import type { Outcome } from './report.ts'

const rounds = 10
const number = 5000

/** The index of many scripts in a git repository: made anew, as every command does, and kept, as a server does. */
export async function scripts({ folder }: Grounds): Promise<Outcome[]> {
  const root = path.join(folder, 'scripts-project')
  const files = makeScripts(root)
  const kept = createScriptIndex()
  const read = async (index = createScriptIndex()) => {
    const { scripts } = await index.read(root, ['scripts'], [])
    if (scripts.length !== number) throw new Error(`${scripts.length} of ${number} scripts were found.`)
  }
  const { floor, first, again } = await inTurns(rounds, {
    floor: () => timed(() => files.map(file => fs.readFileSync(file))),
    first: () => timed(() => read()),
    again: () => timed(() => read(kept)),
  })
  const floorName = 'reading the same files, raw'
  return [
    { title: `Index ${number} scripts`, floorName, floor, empty: first },
    { title: `Index ${number} scripts again, none of them changed`, floorName, floor, empty: again },
  ]
}

function makeScripts(root: string): string[] {
  const files = Array.from({ length: number }, (_, i) => path.join(root, `scripts/${i % 50}/s${i}.sh`))
  for (const [i, file] of files.entries()) {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const header = [
      `name: script-${i}`,
      'description: Does one thing',
      '  and another',
      'inputs: branch (optional), env',
    ]
    const comments = [...header, 'tags: a, b', 'timeout: 300'].map(line => `# ${line}\n`).join('')
    fs.writeFileSync(file, `#!/usr/bin/env bash\n${comments}${'echo one line of the script\n'.repeat(60)}`)
  }
  execFileSync('git', ['init', '-q', root])
  return files
}
