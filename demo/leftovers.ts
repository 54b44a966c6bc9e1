import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'

export type Leftover = { pid: number; command: string }

/** The processes that tasks of this project started and that still run: their environment names its `sparkq.yml`. */
export function findLeftovers(configFile: string): Leftover[] {
  const entry = `SPARKQ_PROJECT_CONFIG=${configFile}`
  return process.platform === 'linux' ? findInProc(entry) : findInPs(entry)
}

/** Kills them until none is found any more. */
export function killLeftovers(configFile: string): void {
  for (let round = 0; round < rounds; round++) {
    const found = findLeftovers(configFile)
    if (found.length === 0) return
    for (const { pid } of found) kill(pid)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
  }
}

/** A zombie, which only waits to be taken note of, does not run. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^[^Z\s]/.test(stdout.trim())
}

const rounds = 100
const pauseMs = 20

function findInProc(entry: string): Leftover[] {
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && `\0${read(name, 'environ')}`.includes(`\0${entry}\0`))
    .map(name => ({ pid: Number(name), command: read(name, 'cmdline').replaceAll('\0', ' ').trim() }))
}

/** `ps` writes a process's environment behind its command. */
function findInPs(entry: string): Leftover[] {
  const rows = execFileSync('ps', ['axeww', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }).split('\n')
  return rows
    .filter(row => `${row} `.includes(` ${entry} `))
    .map(row => ({ pid: Number.parseInt(row, 10), command: row.trim().slice(0, 200) }))
}

/** Empty where the process is gone, or somebody else's. */
function read(pid: string, what: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${what}`, 'utf8')
  } catch {
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended in between.
  }
}
