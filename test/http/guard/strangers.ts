import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

/** Skips a test with the reason why it cannot run here. Where CI runs it can: there it fails. */
export function lacks(t: TestContext, what: string): undefined {
  if (process.env.CI === 'true') throw new Error(`this cannot be tested here: ${what}`)
  t.skip(what)
}

export const isLinuxRoot = (): boolean => process.platform === 'linux' && process.getuid?.() === 0

/** Whom a program of the test's runs as: another user, or behind a command that puts it elsewhere. */
export type Stranger = { uid?: number; prefix?: string[] }

/** Sends bytes as a stranger and answers with all that comes back until the server closes. */
export async function askAs(stranger: Stranger, host: string, port: number, bytes: string): Promise<string> {
  const { file, args, options } = command(stranger, 'cat <&3', [host, port, bytes])
  return (await promisify(execFile)(file, args, options)).stdout
}

/** Sends bytes as a stranger who is gone, and has closed everything, before this process can look at them. */
export function tellAs(stranger: Stranger, host: string, port: number, bytes: string): void {
  const { file, args, options } = command(stranger, 'exec 3>&-', [host, port, bytes])
  execFileSync(file, args, options)
}

// Every user may start bash, and it is there wherever tasks can run; node may lie in a folder of our own.
function command(
  { uid, prefix = [] }: Stranger,
  then: string,
  [host, port, bytes]: [string, number, string],
) {
  const script = `exec 3<>"/dev/tcp/$1/$2" && printf %b "$3" >&3 && ${then}`
  const escaped = bytes.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n')
  const [file = 'bash', ...rest] = [...prefix, 'bash', '-c', script, 'bash', host, String(port), escaped]
  const options = {
    encoding: 'latin1' as const,
    cwd: '/',
    timeout: 10_000,
    ...(uid !== undefined && { uid, gid: uid }),
  }
  return { file, args: rest, options }
}

/** @property ours our address, as the other machine reaches us; @property theirs its own */
export type OtherMachine = { ours: string; theirs: string; stranger: Stranger }

/**
 * Another machine: a network namespace with a cable to ours. It lives as long as a process that ends with this one, so
 * nothing of it is left however the test ends. undefined: it cannot be made here, and the test is skipped.
 */
export async function otherMachine(t: TestContext): Promise<OtherMachine | undefined> {
  if (!isLinuxRoot()) return lacks(t, 'a network namespace needs root on Linux')
  if (!hasIp()) return lacks(t, 'the command ip is missing: apt-get install iproute2')
  const holder = spawn('unshare', ['--net', 'bash', '-c', 'echo ready; read -r'], { stdio: 'pipe' })
  let complaint = ''
  holder.stderr.on('data', chunk => {
    complaint += chunk
  })
  const ended = once(holder, 'close')
  const pid = String(holder.pid)
  const cable = `sparkq${pid}`
  t.after(async () => {
    spawnSync('ip', ['link', 'delete', cable])
    holder.stdin.end()
    await ended
  })
  await Promise.race([once(holder.stdout, 'data'), ended])
  if (holder.exitCode !== null) return lacks(t, `a network namespace cannot be made: ${complaint}`)
  const there = ['nsenter', '--net', '--target', pid]
  // A range for tests of networks (RFC 2544), four addresses for each process.
  const block = Number(pid) % 2 ** 15
  const address = (last: number) =>
    `198.${18 + (block >> 14)}.${(block >> 6) & 255}.${((block & 63) << 2) + last}`
  const [ours, theirs] = [address(1), address(2)]
  const failed = [
    ['ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'cable', 'netns', pid],
    ['ip', 'address', 'add', `${ours}/30`, 'dev', cable],
    ['ip', 'link', 'set', cable, 'up'],
    [...there, 'ip', 'address', 'add', `${theirs}/30`, 'dev', 'cable'],
    [...there, 'ip', 'link', 'set', 'cable', 'up'],
  ].find(words => !runs(words))
  if (failed) return lacks(t, `this failed: ${failed.join(' ')}`)
  return { ours, theirs, stranger: { prefix: there } }
}

const runs = ([file = '', ...args]: string[]): boolean => spawnSync(file, args).status === 0

function hasIp(): boolean {
  if (runs(['ip', '-V'])) return true
  if (!fs.existsSync('/etc/debian_version')) return false
  const packages = ['install', '-y', '--no-install-recommends', 'iproute2']
  return runs(['apt-get', 'update']) && runs(['apt-get', ...packages]) && runs(['ip', '-V'])
}
