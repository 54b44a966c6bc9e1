// Measures SparkQ against floors taken in the same run, in turns, and prints medians and ratios. Nothing is asserted.
// usage: npm run bench [-- --only claims,tasks,cli,wake,idle,http,overnight,scripts] [--json FILE] [--dir FOLDER]
//   --dir: where the databases lie while it runs; default $TMPDIR, else /var/tmp (/tmp is memory on many machines)
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { claims } from './claims.ts'
import { cli } from './cli.ts'
import { type Grounds, makeGrounds, usualParent } from './ground.ts'
import { http } from './http.ts'
import { idle } from './idle.ts'
import { describeMachine } from './machine.ts'
import { overnight } from './overnight.ts'
import { type Outcome, printMachine, printOutcome, printRemark, type Remark, summarise } from './report.ts'
import { scripts } from './scripts.ts'
import { tasks } from './tasks.ts'
import { wake } from './wake.ts'

type Measured = Outcome | Remark
const benchmarks: Record<string, (grounds: Grounds) => Promise<Measured | Measured[]>> = {
  claims,
  tasks,
  cli,
  wake,
  idle,
  http,
  overnight,
  scripts,
}

const chosen = readChoice()
if ('mistake' in chosen) {
  process.stderr.write(`${chosen.mistake}\n  npm run bench -- --only claims,wake\n`)
  process.exitCode = 2
} else await main(chosen)

async function main({ names, json, dir }: { names: string[]; json?: string; dir: string }): Promise<void> {
  const grounds = await makeGrounds(dir)
  const machine = describeMachine(grounds.folder)
  printMachine(machine)
  const results: Record<string, unknown> = {}
  for (const name of names) {
    const measured = [await benchmarks[name]?.(grounds)].flat().filter(it => it !== undefined)
    for (const one of measured) 'lines' in one ? printRemark(one) : printOutcome(one)
    results[name] = measured.map(summarise)
  }
  await grounds.close()
  if (json) fs.writeFileSync(json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
}

function readChoice(): { names: string[]; json?: string; dir: string } | { mistake: string } {
  try {
    const text = { type: 'string' } as const
    const { values } = parseArgs({ options: { only: text, json: text, dir: text } })
    const names = values.only?.split(',') ?? Object.keys(benchmarks)
    const unknown = names.find(name => !(name in benchmarks))
    if (unknown !== undefined) {
      return { mistake: `There is no benchmark "${unknown}": ${Object.keys(benchmarks).join(', ')}.` }
    }
    const json = values.json && path.resolve(values.json)
    return { names, dir: path.resolve(values.dir ?? usualParent()), ...(json ? { json } : {}) }
  } catch (error) {
    return { mistake: (error as Error).message }
  }
}
