import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { type BrowserContext, chromium } from 'playwright-core'
import { findProgram } from '../../src/processes/find-program.ts'
import { makeTempFolder } from './folder.ts'
import { waitFor } from './wait.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome']

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A real browser that nobody has used before, until the test ends. Where there is none and none can be installed, the
 * test is skipped, and there is undefined; under CI it fails.
 */
export async function openChromium(
  t: TestContext,
  extra: string[] = [],
): Promise<BrowserContext | undefined> {
  const executablePath = find() ?? (await install())
  if (executablePath === undefined) {
    const sentence = `There is no browser: none of ${names.join(', ')} is on the PATH.`
    if (process.env.CI === 'true') throw new Error(`${sentence} In CI there has to be one.`)
    t.skip(sentence)
    return undefined
  }
  // Not in memory, which the browser itself needs there.
  const profile = makeTempFolder(os.tmpdir())
  let context: BrowserContext | undefined
  t.after(async () => {
    await context?.close()
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
  })
  context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [...args, ...extra],
  })
  context.setDefaultTimeout(20_000)
  return context
}

function find(): string | undefined {
  return names.map(name => findProgram(name, process.env)).find(file => file !== undefined)
}

/** In a container that is thrown away: on Debian, as root. On anyone's own machine nothing is installed. */
async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !isDebian()) return undefined
  const release = await takeLock(path.join(os.tmpdir(), 'sparkq-chromium.lock'))
  try {
    const found = find()
    if (found !== undefined) return found
    say('Installing Chromium, which the browser tests need (apt-get install chromium) …')
    await aptGet('update')
    await aptGet('install', '-y', '--no-install-recommends', 'chromium')
    return find()
  } catch (error) {
    say(`Chromium could not be installed: ${(error as Error).message}`)
    return undefined
  } finally {
    release()
  }
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(fs.readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

const aptGet = (...words: string[]) =>
  promisify(execFile)('apt-get', words, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  })

/** Longer than an installation takes. */
const installLimitMs = 600_000

/** Test files run side by side; apt lets only one in, and one is enough. */
async function takeLock(file: string): Promise<() => void> {
  if (!tryLock(file)) {
    say('Waiting for another process, which installs Chromium …')
    await waitFor('it has installed Chromium', () => tryLock(file), installLimitMs)
  }
  return () => fs.rmSync(file, { force: true })
}

/** @returns whether the lock is ours; that of a process that is gone is taken away */
function tryLock(file: string): boolean {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  if (isOrphaned(file)) fs.rmSync(file, { force: true })
  return false
}

function isOrphaned(file: string): boolean {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'))
    if (pid > 0) process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

const say = (sentence: string) => process.stderr.write(`test: ${sentence}\n`)
