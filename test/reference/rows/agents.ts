import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { bad, good, type Place, type Row } from '../row.ts'

export const files = {}

const own = { process: true } as const
const isThere = (file: string) => (at: Place) => assert.ok(fs.existsSync(path.join(at.folder, file)))
const isGone = (file: string) => (at: Place) => assert.ok(!fs.existsSync(path.join(at.folder, file)))
const names = /claude, codex, gemini\./
const both = /^Either --project or --user, not both\.$/

export const rows: readonly Row[] = [
  bad('<agent>', 'agent install cloude', 2, names),
  bad('--user', 'agent install claude --project --user', 2, both),
  bad('--project', 'agent install codex --user --project', 2, both),
  bad('--yes', 'agent install claude', 2, /^Claude Code is told of SparkQ\.$/, /--yes/),
  good('agent install claude --yes', { out: /^Told Claude Code of SparkQ: /, leaves: isThere('.mcp.json') }),
  good('agent install gemini --project -y', { leaves: isThere('.gemini/commands/sparkq/work.toml') }),
  good('agent install codex --user --yes', { out: /config\.toml/ }),
  bad('<agent>', 'agent uninstall cloude', 2, names),
  bad('--user', 'agent uninstall claude --project --user', 2, both),
  bad('--project', 'agent uninstall codex --user --project', 2, both),
  bad('--yes', 'agent uninstall claude', 2, /not told of SparkQ any more\.$/m, /--yes/),
  good('agent uninstall claude --yes', { leaves: isGone('.claude') }),
  good('agent uninstall gemini --project --yes', { leaves: isGone('.gemini') }),
  good('agent uninstall codex --user --yes', { out: /^Took back from Codex: / }),
  good('hook claude stop', { ...own, input: '{"session_id": "x"}', out: /^\{\}$/m }),
  bad('<agent>', 'hook codex stop', 3, /^There is no hook "codex stop"\.$/, /sparkq hook --help/),
  bad('<event>', 'hook claude start', 3, /^There is no hook "claude start"\.$/, /sparkq hook --help/),
]
