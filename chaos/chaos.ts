// Kills runners, supervisors, recorders, tasks, the server and all of them with -9 at random moments while work is put in, claimed,
// run, cancelled and requeued; then works all off and looks whether anything was lost, doubled, or left.
// usage: npm run chaos [-- --rounds N] [--seed S] [--keep]
//   The same seed decides the same; only the moments differ. --keep: leave the project there to look at.
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { type Failure, runRounds, type Summary } from './rounds.ts'
import { makeSite } from './site.ts'

const whole = { type: 'string' } as const
const { values } = parseArgs({ options: { rounds: whole, seed: whole, keep: { type: 'boolean' } } })
const rounds = numberOf(values.rounds, 10)
const seed = numberOf(values.seed, Date.now() % 1_000_000)

if (process.platform !== 'linux') {
  process.stderr.write('The crash loop finds its victims in /proc: it needs Linux.\n')
  process.exit(1)
}
const begun = performance.now()
const site = await makeSite()
// However this ends, nothing of it is left running.
process.on('exit', () => site.end())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
const end = await runRounds(site, { rounds, seed, onRound: tell })
if ('complaints' in end) tellFailure(end)
else process.stdout.write(`${summarise(end)}\n`)
if ('complaints' in end || values.keep) process.stderr.write(`The project is in ${site.base}\n`)
else fs.rmSync(site.base, { recursive: true, force: true })
process.exit('complaints' in end ? 1 : 0)

function numberOf(text: string | undefined, usual: number): number {
  const number = text === undefined ? usual : Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  process.stderr.write(`"${text}" is not a whole number.\n  npm run chaos -- --rounds 10 --seed 1\n`)
  process.exit(2)
}

function tell(round: number, { tasks, attempts }: Summary): void {
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  process.stderr.write(
    `round ${round} of ${rounds}: ${tasks} tasks, ${attempts} attempts so far, ${seconds} s\n`,
  )
}

function summarise({ rounds, tasks, attempts, kills }: Summary): string {
  const total = Object.values(kills).reduce((sum, count) => sum + count, 0)
  const each = Object.entries(kills).map(([what, count]) => `${what} ${count}`)
  return `${rounds} rounds, ${tasks} tasks, ${attempts} attempts, ${total} kills (${each.join(', ')}), 0 lost · seed ${seed}`
}

function tellFailure({ round, complaints, log }: Failure): void {
  const again = `npm run chaos -- --seed ${seed} --rounds ${round}`
  process.stderr.write(
    [
      ...log,
      '',
      `Round ${round} with seed ${seed} found:`,
      ...complaints,
      '',
      `The same again: ${again}`,
      '',
    ].join('\n'),
  )
}
