import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { digest, readRecord } from './record.ts'
import type { Step } from './steps.ts'

/** Where the playbook of workers lies in a project; relative to it. */
export const playbookFile = 'sparkq/WORKER_PLAYBOOK.md'

/** The playbook of this SparkQ, as it is shipped. */
export function shippedPlaybook(): string {
  return fs.readFileSync(places.find(it => fs.existsSync(it)) ?? (places[0] as string), 'utf8')
}

/** Beside the bundle that this is a part of, or where the checkout's sources find it. */
const places = ['../assets/WORKER_PLAYBOOK.md', '../../../assets/WORKER_PLAYBOOK.md'].map(place =>
  fileURLToPath(new URL(place, import.meta.url)),
)

/** How the playbook of a project stands; `edited`: somebody changed it since, and it is theirs. */
export type PlaybookState = 'missing' | 'current' | 'older' | 'edited'

export function playbookState(folder: string): PlaybookState {
  const text = readIfThere(path.join(folder, playbookFile))
  if (text === undefined) return 'missing'
  if (text === shippedPlaybook()) return 'current'
  return readRecord(folder)?.files[playbookFile] === digest(text) ? 'older' : 'edited'
}

/** Writes the playbook, and an older one of ours anew. One that somebody changed stays. */
export function playbookStep(folder: string): Step {
  const file = path.join(folder, playbookFile)
  const state = playbookState(folder)
  return {
    what: playbookFile,
    about: state === 'older' ? 'as this version of SparkQ has it' : 'what an assistant reads to be a worker',
    isThere: state !== 'missing',
    adds: state === 'missing' || state === 'older' ? playbookFile : undefined,
    make: ({ undo, record, report }) => {
      if (state === 'current' || state === 'edited') return
      const before = readIfThere(file)
      const text = shippedPlaybook()
      fs.writeFileSync(file, text, { mode: 0o644 })
      undo.push(() =>
        before === undefined ? fs.rmSync(file, { force: true }) : fs.writeFileSync(file, before),
      )
      record.files[playbookFile] = digest(text)
      if (state === 'older') report.made.push(`${playbookFile}, as this version has it`)
    },
  }
}

/** undefined where there is none. */
function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
