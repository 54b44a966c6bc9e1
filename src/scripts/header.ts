import fs from 'node:fs'

/** What a script says of itself in the comments at its head. */
export type ScriptHeader = {
  timeout: number | null
  /** Whether there is such a class, the script cannot know; `place` (`file:line`) is where it says so. */
  task_class: { name: string; place: string } | null
  warnings: string[]
}

/** How much of a file may be header: enough for any comment block, little enough to read at every enqueue. */
const headBytes = 16 * 1024

/** A year, in seconds. */
const longestTimeout = 31_536_000

const comment = /^\s*(?:#|\/\/)\s?(.*)$/
const field = /^(timeout|task_class):\s*(.*)$/

/**
 * Reads `# timeout: 300` and `# task_class: FAST_SCRIPT` from the comment lines before a script's first statement.
 * What cannot be understood is a warning with file and line, and counts as not said.
 * @param shown the name of the file in warnings
 */
export function readHeader(file: string, shown = file): ScriptHeader {
  const header: ScriptHeader = { timeout: null, task_class: null, warnings: [] }
  for (const [index, line] of readHead(file).split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const text = comment.exec(line)?.[1]
    if (text === undefined) break
    const match = field.exec(text.trim())
    if (match) read(header, match[1] as string, (match[2] as string).trim(), `${shown}:${index + 1}`)
  }
  return header
}

function read(header: ScriptHeader, key: string, value: string, place: string): void {
  if (key === 'task_class') {
    if (/^\w[\w-]*$/.test(value)) header.task_class = { name: value, place }
    else header.warnings.push(`${place}: task_class "${value}" is not a name; it is left out.`)
  } else {
    const seconds = Number(value)
    if (/^\d+$/.test(value) && seconds >= 1 && seconds <= longestTimeout) header.timeout = seconds
    else
      header.warnings.push(
        `${place}: timeout "${value}" is not a whole number of seconds from 1 to ${longestTimeout}; it is left out.`,
      )
  }
}

function readHead(file: string): string {
  const fd = fs.openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(headBytes)
    return buffer.toString('utf8', 0, fs.readSync(fd, buffer, 0, headBytes, 0))
  } finally {
    fs.closeSync(fd)
  }
}
