import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** The versions that the tests were written against; facts about others are others. */
export const agents = {
  claude: { package: '@anthropic-ai/claude-code', version: '2.1.330' },
  codex: { package: '@openai/codex', version: '0.169.0' },
  gemini: { package: '@google/gemini-cli', version: '0.61.0' },
} as const

const checkout = path.dirname(import.meta.dirname)
const folder = path.join(checkout, 'node_modules/.cache/agents')
export const agentsBin = path.join(folder, 'node_modules/.bin')

/**
 * Installs the real agents from npm, where they are not: about 900 MB, in a folder that git and our own package do not
 * know. @throws in sentences that say what is missing
 */
export function installAgents(say: (line: string) => void): void {
  if (whatIsMissing().length === 0) return
  const wanted = Object.values(agents).map(it => `${it.package}@${it.version}`)
  say(`installing ${wanted.join(', ')} into ${path.relative(checkout, folder)} …`)
  fs.mkdirSync(folder, { recursive: true })
  const manifest = { private: true, allowScripts: { [agents.claude.package]: true } }
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
  const words = ['install', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', ...wanted]
  const { status, error } = spawnSync('npm', words, { cwd: folder, stdio: ['ignore', 2, 2] })
  if (error) throw new Error(`npm could not be started: ${error.message}`)
  const missing = whatIsMissing()
  if (status === 0 && missing.length === 0) return
  const how = status === 0 ? 'npm ended well, but not all is there' : `npm ended with ${status}`
  throw new Error(
    `${how}. Missing: ${missing.join('; ')}. These tests need the npm registry once, and about 900 MB in ${folder}.`,
  )
}

function whatIsMissing(): string[] {
  return Object.entries(agents).flatMap(([program, { version }]) => {
    const said = versionOf(path.join(agentsBin, program))
    return said?.includes(version) ? [] : [`${program} ${version} (${said ?? 'not there'})`]
  })
}

/** What a program says of its version; null where it does not start. */
function versionOf(program: string): string | null {
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` }
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', env, timeout: 30_000 })
  return status === 0 ? stdout.trim() : null
}
