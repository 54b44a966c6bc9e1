import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { runRounds } from '../chaos/rounds.ts'
import { makeSite } from '../chaos/site.ts'

const rounds = 3
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)

test(`${rounds} rounds of kills at random moments lose, double and leave nothing`, {
  skip: process.platform !== 'linux' && 'The victims are found in /proc, which only Linux has.',
}, async t => {
  const site = await makeSite()
  t.after(() => {
    site.end()
    fs.rmSync(site.base, { recursive: true, force: true, maxRetries: 5 })
  })
  t.diagnostic(`npm run chaos -- --rounds ${rounds} --seed ${seed}`)
  const end = await runRounds(site, { rounds, seed })
  if ('complaints' in end) {
    const again = `The same again: npm run chaos -- --rounds ${end.round} --seed ${seed} --keep`
    assert.fail([...end.log, '', ...end.complaints, '', again].join('\n'))
  }
  t.diagnostic(JSON.stringify(end))
})
