import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMeanScript } from '../../src/scripts/nearest-script.ts'

const scripts = [
  { path: 'scripts/deploy.sh', name: 'ship-it' },
  { path: 'scripts/db/migrate.sh', name: 'migrate' },
  { path: 'scripts/old/migrate.sh', name: null },
  { path: 'scripts/report.py', name: null },
]

const cases: [typed: string, said: string][] = [
  ['scrpts/deploy.sh', 'Did you mean "scripts/deploy.sh"?'],
  ['deploy.sh', 'Did you mean "scripts/deploy.sh"?'],
  ['deploy', 'Did you mean "scripts/deploy.sh"?'],
  ['ship-it', 'Did you mean "scripts/deploy.sh", which is called "ship-it"?'],
  ['SHIP-IT', 'Did you mean "scripts/deploy.sh", which is called "ship-it"?'],
  ['shipit', 'Did you mean "scripts/deploy.sh", which is called "ship-it"?'],
  ['migrate', 'Did you mean "scripts/db/migrate.sh"?'],
  ['scripts/oldd/migrate.sh', 'Did you mean "scripts/old/migrate.sh"?'],
  ['./reprot.py', 'Did you mean "scripts/report.py"?'],
  ['something-else-altogether', ''],
]

for (const [typed, said] of cases) {
  test(`"${typed}": ${said || 'nothing is near'}`, () =>
    assert.equal(didYouMeanScript(typed, scripts).trim(), said))
}
