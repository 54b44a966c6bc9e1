import fs from 'node:fs'
import path from 'node:path'
import { type Cleaner, tempFolder } from '../support/folder.ts'

/** One call of a fake agent, as it was made. */
export type FakeCall = {
  name: string
  argv: string[]
  cwd: string
  stdin: string
  env: Record<string, string>
  pid: number
}

export const fixtures = path.join(path.dirname(import.meta.dirname), 'fixtures', 'agents')
const program = path.join(fixtures, 'fake-agent.mjs')

/**
 * A folder with `claude`, `codex` and `gemini` that play back recordings, and the environment that makes them be found
 * and keeps what they know of conversations in a folder of the test's own. What they do: the head of `fake-agent.mjs`.
 */
export function fakeAgents(t: Cleaner, names = ['claude', 'codex', 'gemini']) {
  const folder = tempFolder(t)
  const bin = path.join(folder, 'bin')
  const log = path.join(folder, 'calls.jsonl')
  fs.mkdirSync(bin)
  for (const name of names) {
    const link = path.join(folder, name)
    fs.symlinkSync(program, link)
    // The Node of this process, whatever `node` is on the PATH.
    const script = `#!/bin/sh\nexec '${process.execPath}' '${link}' "$@"\n`
    fs.writeFileSync(path.join(bin, name), script, { mode: 0o755 })
  }
  return {
    bin,
    env: {
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      FAKE_AGENT_LOG: log,
      CLAUDE_CONFIG_DIR: path.join(folder, 'claude-config'),
      CODEX_HOME: path.join(folder, 'codex-home'),
      GEMINI_CLI_HOME: path.join(folder, 'gemini-home'),
    },
    calls: (): FakeCall[] =>
      fs.existsSync(log)
        ? fs
            .readFileSync(log, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map(line => JSON.parse(line))
        : [],
  }
}
