import type { Changes } from '../contract/changes.ts'
import { type Cell, printTable } from './table.ts'
import type { Face } from './terminal.ts'
import { count, oneLine, sizeText, visible } from './text.ts'

/** What was changed, in a few words: `3 files, +41 -7, 1 commit · shared`. */
export function changesText(changes: Changes): string {
  const { files, commits, shared } = changes
  if (!hasChanged(changes)) return 'nothing'
  const sum = (key: 'added' | 'deleted'): number => files.reduce((n, file) => n + (file[key] ?? 0), 0)
  const parts = [
    files.length > 0 ? `${count(files.length, 'file')}, +${sum('added')} -${sum('deleted')}` : '',
    commits.length > 0 ? count(commits.length, 'commit') : '',
  ]
  return `${parts.filter(Boolean).join(', ')}${shared ? ' · shared' : ''}`
}

export const hasChanged = ({ files, commits, patch_bytes }: Changes): boolean =>
  files.length > 0 || commits.length > 0 || patch_bytes > 0

/** What is to be known before the patch is taken for all that the task did, and for its doing alone. */
export function cautions({ shared, cut, patch_bytes }: Changes): string[] {
  return [
    ...(shared
      ? ['Shared: another task ran in the same work tree meanwhile, so some of it may be its doing.']
      : []),
    ...(cut
      ? [`Cut: the whole patch has ${sizeText(patch_bytes)}; files that did not fit are left out.`]
      : []),
  ]
}

/** The files with what came and went, then the commits. */
export function showStat(out: Face, { files, commits }: Changes): void {
  const rows = files.map(({ path, added, deleted }): Cell[] => [
    oneLine(path),
    ...(added === null || deleted === null
      ? ['', 'no text']
      : [{ text: `+${added}`, style: 'green' } as const, { text: `-${deleted}`, style: 'red' } as const]),
  ])
  const columns = [
    { title: '', flexible: true },
    { title: '', align: 'right' },
    { title: '', align: 'right' },
  ] as const
  if (rows.length > 0) printTable(out, columns, rows)
  for (const { id, subject } of commits)
    out.line(`  ${out.paint('yellow', id.slice(0, 9))} ${oneLine(subject)}`)
}

/** The lines of a patch in the colours of git, with nothing in them that a terminal acts on. */
export function paintPatch(paint: Face['paint'], patch: string): string {
  let inHead = false
  const lines = patch.split('\n').map(line => {
    if (line.startsWith('diff --git ')) inHead = true
    else if (line.startsWith('@@')) inHead = false
    const shown = line.split('\t').map(visible).join('\t')
    return shown === '' ? '' : paint(inHead ? 'bold' : styles[line[0] as string], shown)
  })
  return lines.join('\n')
}

const styles: Record<string, 'blue' | 'green' | 'red'> = { '@': 'blue', '+': 'green', '-': 'red' }
