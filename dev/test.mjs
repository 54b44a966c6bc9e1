// What `npm test` runs: types, format and lint, then every test; or only the test files that are named.
// usage: npm test [-- FILE…]
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const bin = name => path.join(root, 'node_modules/.bin', name)

// Far more than it ever takes: this ends a run that hangs, with its processes.
const limitMs = 60 * 60_000
const graceMs = 5_000

// With a desktop in reach, tests of failing tasks would show their notifications to whoever sits there.
const personal = [
  'NODE_OPTIONS',
  'NODE_TEST_CONTEXT',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'DBUS_SESSION_BUS_ADDRESS',
]

const named = process.argv.slice(2)
const before = gitStatus()
let failed = false

if (named.length === 0) {
  await step('the type check', bin('tsc'), ['-p', '.'])
  await step('the type check of web', bin('tsc'), ['-p', 'web'])
  await step('format and lint', bin('biome'), ['check', '--error-on-warnings', '.'])
}
await step('the tests', process.execPath, [
  '--test',
  '--test-concurrency=2',
  '--test-reporter=spec',
  ...(named.length === 0 ? testFiles() : named),
])

const after = gitStatus()
if (after !== before) {
  say(`the tests changed the checkout. Before:\n${before}After:\n${after}`)
  failed = true
}
if (failed) process.exitCode = 1

/** Each step runs, whatever the one before it said: all that is wrong is told at once. */
async function step(name, command, args) {
  const { code, signal, timedOut } = await run(command, args)
  if (timedOut) say(`${name} did not end within ${limitMs / 60_000} minutes and was stopped`)
  else if (code !== 0) say(`${name} failed (${signal ?? `exit ${code}`})`)
  if (code !== 0) failed = true
}

/** In a process group of its own, so that nothing of it is left behind when it is stopped. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      env: scrubbed(),
    })
    const state = { timedOut: false }
    const kill = signal => {
      try {
        process.kill(-child.pid, signal)
      } catch {
        // It has just ended.
      }
    }
    const stop = () => {
      kill('SIGTERM')
      setTimeout(() => kill('SIGKILL'), graceMs).unref()
    }
    const limit = setTimeout(() => {
      state.timedOut = true
      stop()
    }, limitMs)
    const passOn = () => stop()
    process.on('SIGINT', passOn).on('SIGTERM', passOn)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(limit)
      process.off('SIGINT', passOn).off('SIGTERM', passOn)
      kill('SIGKILL')
      resolve({ code, signal, ...state })
    })
  })
}

/** The person's own SparkQ and desktop are not the tests'. */
function scrubbed() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('SPARKQ_') && !personal.includes(name),
  )
  return { ...Object.fromEntries(kept), PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` }
}

function testFiles() {
  return fs
    .readdirSync(path.join(root, 'test'), { recursive: true })
    .map(name => path.join('test', String(name)))
    .filter(name => name.endsWith('.test.ts'))
    .sort()
}

/** What git says of the checkout; nothing where it is none. */
function gitStatus() {
  const { status, stdout } = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  return status === 0 && fs.existsSync(path.join(root, '.git')) ? stdout : ''
}

function say(sentence) {
  process.stderr.write(`npm test: ${sentence}\n`)
}
