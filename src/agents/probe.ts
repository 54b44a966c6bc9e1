import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { type AgentName, agentFacts } from '../contract/agents.ts'
import { findProgram } from '../processes/find-program.ts'
import { withoutTask } from '../processes/scrub.ts'
import { agentEnvironment } from './environment.ts'
import { sayingLine } from './words.ts'

/**
 * @property path      where its program lies; null: not on the PATH
 * @property version   `2.1.330`; null where it does not tell
 * @property options   those that its help names: `--permission-mode`
 * @property problem   why it does not tell, in one sentence
 */
export type Probe = {
  name: AgentName
  path: string | null
  version: string | null
  options: readonly string[]
  problem: string | null
}

/** Claude takes 0.3 s, Gemini 2 s, on a machine that does nothing else. */
const patience = 15_000
const mostOutput = 1024 * 1024

const known = new Map<string, Promise<Probe>>()

/** What is installed of an agent. Never rejects; asks a program again when it has changed. */
export async function probeAgent(
  name: AgentName,
  env: NodeJS.ProcessEnv,
  { limitMs = patience } = {},
): Promise<Probe> {
  const path = findProgram(agentFacts[name].program, env)
  if (path === undefined) return { name, path: null, version: null, options: [], problem: null }
  const key = `${path}\0${changed(path)}`
  const asked = known.get(key) ?? ask(name, path, env, limitMs)
  known.set(key, asked)
  const probe = await asked
  // What went wrong once may go well now.
  if (probe.problem !== null) known.delete(key)
  return probe
}

function changed(file: string): number {
  try {
    return fs.statSync(file).mtimeMs
  } catch {
    return 0
  }
}

async function ask(name: AgentName, path: string, env: NodeJS.ProcessEnv, limitMs: number): Promise<Probe> {
  const clean = agentEnvironment(withoutTask(env), { plan: { DISABLE_AUTOUPDATER: '1' }, use_api_key: false })
  const [told, help] = await Promise.all(
    ['--version', '--help'].map(option => run(path, option, clean, limitMs)),
  )
  const version = /\d+\.\d+\.\d+[\w.+-]*/.exec(told?.output ?? '')?.[0] ?? null
  const options = [...new Set(help?.output.match(/(?<![\w-])--[a-z][a-z-]*[a-z]/g) ?? [])]
  const problem = version === null ? (told?.problem ?? `${path} --version names no version`) : null
  return { name, path, version, options, problem }
}

type Ran = { output: string; problem: string | null }

/** In a group of its own: Gemini starts itself once more, and a program that hangs may have started others. */
function run(path: string, option: string, env: NodeJS.ProcessEnv, limitMs: number): Promise<Ran> {
  return new Promise(resolve => {
    let output = ''
    let errors = ''
    const child = spawn(path, [option], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const stop = (): void => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has just ended.
      }
    }
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      stop()
    }, limitMs)
    const end = (problem: string | null): void => {
      clearTimeout(timer)
      resolve({ output, problem })
    }
    child.stdout?.on('data', chunk => {
      output += chunk
      if (output.length > mostOutput) stop()
    })
    child.stderr?.on('data', chunk => {
      if (errors.length < mostOutput) errors += chunk
    })
    child.once('error', error => end(`${path} cannot be started: ${error.message}`))
    child.once('close', code => {
      const said = sayingLine(errors)
      const failed = `${path} ${option} exited with code ${code}${said ? `: ${said}` : ''}`
      end(isLate ? `${path} ${option} did not answer within ${limitMs / 1000} s` : code === 0 ? null : failed)
    })
  })
}
