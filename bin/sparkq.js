#!/usr/bin/env node
// The door: it must run on any Node, so that an old one gets a sentence instead of a syntax error.
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `SparkQ needs Node 24 or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      '  npm install -g node@24           one way to get it\n',
  )
  process.exitCode = 1
} else {
  // Compiled code is kept inside the package, where that can be written: nothing is left behind elsewhere.
  module.enableCompileCache(fileURLToPath(new URL('../dist/.cache', import.meta.url)))
  const { main } = await import('../dist/main.js')
  await main(process.argv.slice(2))
}
