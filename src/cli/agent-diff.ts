import path from 'node:path'
import { diffLines } from '../agent-files/diff.ts'
import type { FilePlan } from '../agent-files/install.ts'
import type { Face } from './terminal.ts'
import { oneLine, visible } from './text.ts'

/** Every line that changes, by file. */
export function showChanges(face: Face, { changes }: FilePlan, root: string): void {
  for (const { file, before, after } of changes) {
    const what = before === undefined ? ' (new)' : after === undefined ? ' (removed)' : ''
    face.line(face.paint('bold', `${shownFile(file, root)}${what}`))
    for (const line of diffLines(before ?? '', after ?? '')) {
      const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim'
      face.line(`  ${face.paint(style, visible(line))}`)
    }
  }
}

/** Short where it lies in the project. */
export function shownFile(file: string, root: string): string {
  const relative = path.relative(root, file)
  return oneLine(relative.startsWith('..') ? file : relative)
}

export function sayTheirs(face: Face, { theirs }: FilePlan, root: string): void {
  const files = new Set(theirs.map(it => shownFile(it.file, root)))
  for (const file of files)
    face.line(`${file} has a "sparkq" that SparkQ did not write so: it stays as it is.`)
}
