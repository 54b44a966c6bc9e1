// Bundles src/cli/main.ts into dist/: one entry, one chunk per command, no dependency left to resolve at start; beside it
// the driver of agents, and the web UI in dist/ui/.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { buildWeb } from './build-web.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const staging = path.join(root, `dist.${process.pid}.tmp`)
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))

// A file saved while the build runs must count as newer than the build: the stamp is the build's start.
const startedAt = new Date()
const bundle = await rolldown({
  input: { main: path.join(root, 'src/cli/main.ts') },
  platform: 'node',
  // Commands that are loaded alone share what others import at once: that is meant.
  checks: { ineffectiveDynamicImport: false },
  transform: { define: { SPARKQ_VERSION: JSON.stringify(version) } },
})
// Few files: each one that is loaded at a start costs a third of a millisecond. The rules and what they import are one,
// what commands share is another; a command has its own.
await bundle.write({
  dir: staging,
  format: 'esm',
  // Names stay: a stack trace has to be readable.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  chunkFileNames: '[name].js',
  codeSplitting: {
    groups: [
      {
        name: 'rules',
        test: /\/src\/(contract|core|store|attempt-files|scripts|processes)\/|\/node_modules\/(@sinclair|yaml|fastest-levenshtein)\//,
      },
      { name: 'shared', test: /\/src\/cli\/(?!main)[^/]+\.ts$/ },
    ],
  },
})
await bundle.close()
// A process of its own for every task of an agent: it loads nothing of the rules.
const driver = await rolldown({ input: { driver: path.join(root, 'src/driver/entry.ts') }, platform: 'node' })
await driver.write({
  dir: staging,
  format: 'esm',
  minify: { compress: true, mangle: false },
  codeSplitting: false,
})
await driver.close()
await buildWeb(path.join(staging, 'ui'))
fs.writeFileSync(path.join(staging, '.built'), '')
fs.utimesSync(path.join(staging, '.built'), startedAt, startedAt)
// Out of the way first, removed last: for whoever starts meanwhile, dist/ is missing for one rename and no longer.
const dist = path.join(root, 'dist')
const old = path.join(root, `dist.${process.pid}.old.tmp`)
if (fs.existsSync(dist)) fs.renameSync(dist, old)
fs.renameSync(staging, dist)
fs.rmSync(old, { recursive: true, force: true })
