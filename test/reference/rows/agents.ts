import { bad, good, type Row } from '../row.ts'

export const files = {}

const own = { process: true } as const
export const rows: readonly Row[] = [
  good('hook claude stop', { ...own, input: '{"session_id": "x"}', out: /^\{\}$/m }),
  bad('<agent>', 'hook codex stop', 3, /^There is no hook "codex stop"\.$/, /sparkq hook --help/),
  bad('<event>', 'hook claude start', 3, /^There is no hook "claude start"\.$/, /sparkq hook --help/),
]
