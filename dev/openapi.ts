// Writes docs/openapi.json from the operations table. `--check` writes nothing and fails where it is not up to date.
import fs from 'node:fs'
import path from 'node:path'
import { openApiText } from '../src/http/pages.ts'
import { version } from '../src/version.ts'

const file = path.join(import.meta.dirname, '../docs/openapi.json')
const text = openApiText(version)
const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''

if (text !== before && process.argv.includes('--check')) {
  process.stderr.write('docs/openapi.json is not what its sources say. Mend it with: npm run docs\n')
  process.exitCode = 1
} else if (text !== before) {
  fs.writeFileSync(file, text)
  process.stdout.write('docs/openapi.json written\n')
}
