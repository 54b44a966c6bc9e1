#!/usr/bin/env node
// The door: it must run on any Node, so that an old one gets a sentence instead of a syntax error.
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `SparkQ needs Node 24 or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      '  npm install -g node@24           one way to get it\n',
  )
  process.exitCode = 1
} else {
  const { main } = await import('../dist/main.js')
  await main(process.argv.slice(2))
}
