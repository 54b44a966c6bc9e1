import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = {}

const open = (at: Place) => at.core.resumeProvider({ name: 'claude' })

export const rows: readonly Row[] = [
  good('providers', { out: /^ +claude +Claude Code +0 +open$/m, err: /sparkq providers pause NAME/ }),
  good('providers --json', { out: /^\{"providers":\[/ }),
  good('providers pause claude --reason Saving --for 2h', {
    out: /^Paused Claude Code until \S+ · 0 tasks wait$/m,
    err: /sparkq providers resume claude/,
  }),
  good('status', { out: /^ {2}agents +Claude Code is paused until \S+ · by a person: Saving$/m }),
  good('providers resume claude', { out: /^Claude Code takes work again · 0 tasks queued$/m }),
  good('providers pause claude --until 23:59 --json', { leaves: json({ provider: { status: 'paused' } }) }),
  good('providers resume claude --json', { before: open, leaves: json({ provider: { status: 'open' } }) }),
  bad('<name>', 'providers pause clade', 2, /^name must be one of claude, codex, gemini\.$/),
  bad('<name>', 'providers resume', 2, /^"sparkq providers resume" needs a NAME/),
  bad('--reason', `providers pause claude --reason ''`, 2, /^--reason must not be blank\.$/),
  bad('--for', 'providers pause claude --for soon', 2, /"soon"/, /--for 90s/),
  bad('--until', 'providers pause claude --until late', 2, /"late"/, /--until 02:00/),
]
