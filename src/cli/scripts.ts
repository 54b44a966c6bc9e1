import path from 'node:path'
import type { Output } from '../contract/api.ts'
import type { Script, ScriptField } from '../contract/scripts.ts'
import { shellWord } from '../contract/shell-word.ts'
import { printTable } from './table.ts'
import type { Face, Terminal } from './terminal.ts'
import { count, oneLine, padEnd } from './text.ts'
import { span } from './times.ts'

/** Scripts in a line each, then what is odd about them. */
export function printScripts(terminal: Terminal, answer: Output<'listScripts'>, none: string): void {
  if (answer.scripts.length === 0) terminal.err.line(none)
  else {
    printTable(
      terminal.out,
      [{ title: 'script' }, { title: 'inputs' }, { title: 'what', flexible: true }],
      answer.scripts.map(it => [oneLine(it.path), fieldsText(it.inputs), whatText(it)]),
    )
  }
  sayWarnings(terminal, answer.warnings)
}

/** Everything about a script; how it is queued from the folder `cwd`. */
export function showScript(out: Face, script: Script, { root, cwd }: { root: string; cwd: string }): void {
  out.line(
    `${out.paint('bold', oneLine(script.path))}  ${script.name === bare(script.path) ? '' : oneLine(script.name)}`.trimEnd(),
  )
  const { description, inputs, outputs, tags, timeout, task_class } = script
  const rows: [string, string][] = [
    ['what', oneLine(description ?? '')],
    ['inputs', fieldsText(inputs)],
    ['outputs', fieldsText(outputs)],
    ['tags', oneLine(tags.join(', '))],
    ['timeout', timeout === null ? '' : span(timeout)],
    ['class', task_class ?? ''],
    [
      'queue it',
      `sparkq enqueue -q NAME -- ${[typedPath(script.path, root, cwd), ...inputs.map(placeholder)].join(' ')}`,
    ],
  ]
  for (const [label, text] of rows)
    if (text !== '') out.line(`  ${out.paint('dim', padEnd(label, 10))}${text}`)
}

/** A few of them; with `--json` there are all. */
export function sayWarnings({ err }: Terminal, warnings: readonly string[], most = 10): void {
  for (const warning of warnings.slice(0, most)) err.line(err.paint('yellow', oneLine(warning)))
  const left = warnings.length - most
  if (left > 0) err.line(err.paint('dim', `  ${count(left, 'more warning')} · --json shows all`))
}

/** A path of the project as it is typed in a folder. */
export function typedPath(file: string, root: string, cwd: string): string {
  const typed = path.relative(cwd, path.resolve(root, file))
  return shellWord(/^\.\.?\//.test(typed) || path.isAbsolute(typed) ? typed : `./${typed}`)
}

function whatText({ path: file, name, description }: Script): string {
  const own = name === bare(file) ? [] : [name]
  return oneLine([...own, ...(description === null ? [] : [description])].join(' · '))
}

function fieldsText(fields: readonly ScriptField[]): string {
  return oneLine(fields.map(({ name, required }) => (required ? name : `${name} (optional)`)).join(', '))
}

/** `BRANCH`, `[ENV]`: what stands for an input in a command. */
function placeholder({ name, required }: ScriptField): string {
  const word = name.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, '_')
  return required ? word : `[${word}]`
}

const bare = (file: string): string => path.basename(file, path.extname(file))
