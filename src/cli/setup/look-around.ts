import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { configFileName } from '../../config.ts'
import { type AgentName, agentFacts, agentNames } from '../../contract/agents.ts'
import { defaultConfig } from '../../contract/config.ts'
import { findProgram } from '../../processes/find-program.ts'
import { createScriptIndex } from '../../scripts/script-index.ts'
import { nextFreePort } from '../../server/free-port.ts'
import { byWhom } from '../../server/listen-error.ts'
import type { Found } from './questions.ts'

/** Where projects usually have scripts of their own. */
const scriptFolders = ['scripts', 'script', 'tools', 'ci', 'jobs', 'ops', 'hack']
const prdPaths = [
  'docs/PRD.md',
  'docs/prd.md',
  'PRD.md',
  'prd.md',
  'docs/SPEC.md',
  'SPEC.md',
  'docs/FRD.md',
  'FRD.md',
]
/** For a program to say its version: some look for a newer one first. */
const versionLimitMs = 3000

/** A program that is there: its version as it says it, null where it does not. */
export type Program = { name: string; version: string | null }

/** Looks at the folder and at the machine; changes nothing. */
export async function lookAround(folder: string): Promise<Found> {
  const usual = defaultConfig.server.port
  const [scripts, port] = await Promise.all([findScripts(folder), nextFreePort(usual)])
  return {
    folder,
    scripts,
    prd_path: prdPaths.find(file => kindOf(path.join(folder, file)) === 'file') ?? null,
    port,
    takenBy: port === usual ? undefined : byWhom(usual),
    kindOf: relative => kindOf(path.resolve(folder, relative)),
  }
}

/** Which agents are on the PATH; their versions only where somebody wants to read them, as it takes a while. */
export function findAgents(env: NodeJS.ProcessEnv): AgentName[] {
  return agentNames.filter(name => findProgram(agentFacts[name].program, env))
}

/** Which of those that are there prompts are for, unless somebody says otherwise. */
export const firstAgent = (agents: readonly AgentName[]): AgentName | undefined =>
  agentNames.find(name => agents.includes(name))

export async function askVersions(names: readonly string[], env: NodeJS.ProcessEnv): Promise<Program[]> {
  return Promise.all(names.map(async name => ({ name, version: await askVersion(name, env) })))
}

/** The top of the git work tree that a folder lies in; null where it lies in none. */
export async function findWorkTree(folder: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  return (await run('git', ['-C', folder, 'rev-parse', '--show-toplevel'], env))?.trim() || null
}

export function projectAbove(folder: string): string | undefined {
  const above = path.dirname(folder)
  if (above === folder) return undefined
  return fs.existsSync(path.join(above, configFileName)) ? above : projectAbove(above)
}

async function findScripts(folder: string): Promise<Found['scripts']> {
  const index = createScriptIndex()
  const counts = []
  for (const dir of scriptFolders) {
    if (kindOf(path.join(folder, dir)) !== 'folder') continue
    const { scripts } = await index.read(folder, [dir], [dir])
    if (scripts.length > 0) counts.push({ folder: dir, count: scripts.length })
  }
  return counts
}

async function askVersion(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  return /\d+\.\d+[\w.+-]*/.exec((await run(name, ['--version'], env)) ?? '')?.[0] ?? null
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise(resolve => {
    const options = { env, timeout: versionLimitMs, killSignal: 'SIGKILL' } as const
    const child = execFile(program, args, options, (error, stdout) => resolve(error ? undefined : stdout))
    child.stdin?.end()
  })
}

function kindOf(file: string): 'file' | 'folder' | undefined {
  try {
    return fs.statSync(file).isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}
