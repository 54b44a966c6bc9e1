import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { cliReference } from '../../dev/cli-reference.ts'
import { entries } from '../../src/cli/commands.ts'

const text = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8')

test('docs/cli.md is what the commands say (npm run docs)', async () => {
  assert.equal(text, await cliReference())
})

test('it has every command with its options and examples, and its contents lead there', async () => {
  const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(match => match[1])
  const headings = [...text.matchAll(/^### (.*)$/gm)].map(match => (match[1] as string).replaceAll(' ', '-'))
  assert.deepEqual(anchors, headings)
  for (const { name, load } of entries) {
    const { command } = await load()
    const part = text.split(`### sparkq ${name}\n`)[1]?.split(/^##/m)[0] ?? ''
    for (const option of Object.keys(command.options ?? {}))
      assert.match(part, RegExp(`--${option}[ \`]`), name)
    for (const example of command.examples) assert.ok(part.includes(`\n${example}\n`), example)
  }
})
