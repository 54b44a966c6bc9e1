// Bundles src/cli/main.ts into dist/: one entry, one chunk per command, no dependency left to resolve at start.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const staging = path.join(root, `dist.${process.pid}.tmp`)
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))

// A file saved while the build runs must count as newer than the build: the stamp is the build's start.
const startedAt = new Date()
const bundle = await rolldown({
  input: { main: path.join(root, 'src/cli/main.ts') },
  platform: 'node',
  transform: { define: { SPARKQ_VERSION: JSON.stringify(version) } },
})
await bundle.write({ dir: staging, format: 'esm', chunkFileNames: '[name].js', hashCharacters: 'hex' })
await bundle.close()
fs.writeFileSync(path.join(staging, '.built'), '')
fs.utimesSync(path.join(staging, '.built'), startedAt, startedAt)
fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true })
fs.renameSync(staging, path.join(root, 'dist'))
