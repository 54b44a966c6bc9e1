// Makes a checkout ready to run: dependencies installed, dist/ built. Does nothing when both are there.
// It is started by whatever Node the machine has (20 included), before anything is installed.
// One process at a time does the work; the others wait for it. Everything it says goes to stderr.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => path.join(root, ...parts)
const node = at('node_modules/node/bin/node')
const installOnly = process.argv.includes('--install-only')

if (!isReady()) {
  const release = await lock(at('.ready.lock'))
  try {
    if (!isInstalled()) install()
    if (!installOnly && !isBuilt()) build()
  } finally {
    release()
  }
}

function isReady() {
  return isInstalled() && (installOnly || isBuilt())
}

function lockfileDigest() {
  return createHash('sha256')
    .update(fs.readFileSync(at('package-lock.json')))
    .digest('hex')
}

function isInstalled() {
  const stamp = at('node_modules/.installed')
  return fs.existsSync(node) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === lockfileDigest()
}

function isBuilt() {
  const stamp = at('dist/.built')
  if (!fs.existsSync(stamp)) return false
  const builtAt = fs.statSync(stamp).mtimeMs
  const inputs = ['src', 'web'].flatMap(folder => [
    at(folder),
    ...fs.readdirSync(at(folder), { recursive: true }).map(name => at(folder, String(name))),
  ])
  const own = ['dev/build.mjs', 'dev/build-web.mjs', 'package-lock.json'].map(name => at(name))
  return [...inputs, ...own].every(file => fs.statSync(file).mtimeMs <= builtAt)
}

function install() {
  say('Installing what this checkout needs (npm ci) …')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  if (!fs.existsSync(node))
    fail('npm ci did not install Node: is "allowScripts" honoured? See npm help scripts.')
  fs.writeFileSync(at('node_modules/.installed'), lockfileDigest())
}

function build() {
  say('Building …')
  run(node, [at('dev/build.mjs')])
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error) fail(`${command} could not be started: ${error.message}`)
  if (status !== 0) fail(`${command} ${args[0]} ended with ${status}.`)
}

async function lock(file) {
  let told = false
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => fs.rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`${root} cannot be written: ${error.message}`)
    }
    const holder = readHolder(file)
    if (holder !== null && !isAlive(holder)) fs.rmSync(file, { force: true })
    else {
      if (!told) say(`Waiting for process ${holder ?? '?'}, which makes this checkout ready …`)
      told = true
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

/** The pid in the lock file; null while its maker has not written it yet, or when it has just gone. */
function readHolder(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || null
  } catch {
    return null
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function say(line) {
  process.stderr.write(`sparkq: ${line}\n`)
}

function fail(sentence) {
  fs.rmSync(at('.ready.lock'), { force: true })
  say(sentence)
  process.exit(1)
}
