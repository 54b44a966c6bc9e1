import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { findLeftovers, killLeftovers } from '../demo/leftovers.ts'
import type { Api } from '../src/contract/api.ts'
import { createHttpClient } from '../src/http/client.ts'
import { waitFor } from '../test/support/wait.ts'
import { type FakeModel, startFakeModel } from './fake/model.ts'
import { makePerson } from './person.ts'

type Answer = { code: number | null; stdout: string; stderr: string }
type Lane = { tool?: string; instructions?: string; settings?: string[] }

/** The server while it runs, through its own API. */
export type Served = { api: Api; stop(): Promise<void> }

/** A project with lanes, real agents on the PATH, and a model that they reach instead of their own. */
export type AgentSite = {
  folder: string
  model: FakeModel
  /** Runs `sparkq WORDS`. @throws when it does not end with `code` (0) */
  sparkq(words: string[], code?: number): Promise<Answer>
  /** Queues a prompt, or what other words of `sparkq enqueue` say. @returns its id */
  add(lane: string, ...words: string[]): Promise<string>
  /** Starts `sparkq run --all --port 0`; it ends with the test. */
  serve(): Promise<Served>
}

const checkout = path.dirname(import.meta.dirname)

/** Claude's own rules ask before most commands; what these tests are about is what comes after. */
export const freely = 'args: [--allowedTools, Bash]'

const tools = `
  claude: {agent: claude, model: haiku, task_class: LLM_LITE, ${freely}}
  codex: {agent: codex, task_class: LLM_LITE}
`

/** `yaml`: more lines for `tools`; `config`: settings, as `sparkq config set` takes them. */
export async function openSite(
  t: TestContext,
  {
    lanes,
    yaml = '',
    config = {},
  }: { lanes: Record<string, Lane>; yaml?: string; config?: Record<string, string> },
): Promise<AgentSite> {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sparkq-agents-')))
  const at = (name: string) => path.join(base, name)
  const model = await startFakeModel()
  const configFile = at('project/sparkq.yml')
  const running = new Set<ChildProcess>()
  t.after(() => close({ running, configFile, model, base }))

  const env = makePerson(base, model.url)
  fs.mkdirSync(at('project'))
  fs.writeFileSync(at('project/notes.txt'), 'old\n')

  const start = (words: string[]) => {
    const child = spawn(process.execPath, [path.join(checkout, 'bin/sparkq.js'), ...words], {
      ...{ cwd: at('project'), env, detached: true },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    const seen = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', text => {
      seen.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      seen.stderr += text
    })
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code => {
        running.delete(child)
        resolve(code)
      })
    })
    return { child, seen, ended }
  }
  const site: AgentSite = {
    ...{ folder: at('project'), model },
    sparkq: async (words, wanted = 0) => {
      const { seen, ended } = start(words)
      const code = await ended
      if (code === wanted) return { ...seen, code }
      throw new Error(`sparkq ${words.join(' ')} ended with ${code}:\n${seen.stderr}${seen.stdout}`)
    },
    add: async (lane, ...words) => (await site.sparkq(['enqueue', '-Q', '-q', lane, ...words])).stdout.trim(),
    serve: async () => {
      const { child, seen, ended } = start(['run', '--all', '--port', '0', '--host', '127.0.0.1'])
      const address = await waitFor(`the server runs: ${seen.stderr}`, () => {
        if (child.exitCode !== null)
          throw new Error(`The server ended with ${child.exitCode}: ${seen.stderr}`)
        return /runs at (http\S+)/.exec(seen.stdout)?.[1]
      })
      const api = createHttpClient({ url: address })
      t.after(() => api.close())
      const stop = async () => {
        child.kill('SIGTERM')
        await ended
      }
      return { api, stop }
    },
  }
  await prepare(site, { env, lanes, yaml, config, configFile })
  return site
}

async function prepare(
  site: AgentSite,
  {
    env,
    lanes,
    yaml,
    config,
    configFile,
  }: {
    env: NodeJS.ProcessEnv
    lanes: Record<string, Lane>
    yaml: string
    config: Record<string, string>
    configFile: string
  },
): Promise<void> {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: site.folder, env, stdio: 'pipe' })
  git('init', '--quiet')
  await site.sparkq(['setup', '--yes'])
  const written = fs.readFileSync(configFile, 'utf8')
  fs.writeFileSync(configFile, written.replace(/^tools:\n/m, `tools:${tools}${yaml}`))
  for (const [key, value] of Object.entries(config)) await site.sparkq(['config', 'set', key, value])
  for (const [name, { tool, instructions, settings = [] }] of Object.entries(lanes)) {
    const told = instructions === undefined ? [] : ['--instructions', instructions]
    await site.sparkq(['queue', 'create', name, ...told])
    const all = [...(tool ? [`default_tool=${tool}`] : []), ...settings]
    if (all.length > 0) await site.sparkq(['queue', 'set', name, ...all])
  }
  git('add', '.')
  git('commit', '--quiet', '-m', 'Begin')
}

type Open = { running: Set<ChildProcess>; configFile: string; model: FakeModel; base: string }

/** Ends the server, then looks for what should not be there. */
async function close({ running, configFile, model, base }: Open): Promise<void> {
  for (const child of running) {
    const ended = new Promise(resolve => child.once('close', resolve))
    child.kill('SIGTERM')
    const limit = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(limit)
  }
  const left = findLeftovers(configFile)
  killLeftovers(configFile)
  await model.close()
  fs.rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  const wrong = [
    ...left.map(({ pid, command }) => `process ${pid} was left: ${command}`),
    ...model.outside.map(host => `somebody asked for ${host}`),
    ...model.errors,
  ]
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}
