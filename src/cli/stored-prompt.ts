import type { Api } from '../contract/api.ts'
import { invalid } from '../contract/errors.ts'
import { renderPrompt } from '../contract/templates.ts'
import { readStdin, readTextFile, readTextOption } from './read-input.ts'

/** What the commands about prompts have in common, and what `enqueue --prompt` does. */

export const promptArg = { value: 'NAME', describe: 'its command, or its id' } as const

export const descriptionOption = {
  type: 'text',
  value: 'TEXT',
  blank: true,
  describe: 'what it is for, in a line',
} as const

export const fileOption = { type: 'text', value: 'FILE', describe: 'read the template from a file' } as const

/** The text of a stored prompt, its variables filled in from `NAME=VALUE`s. */
export async function renderStored(api: Api, name: string, pairs: string[], cwd: string): Promise<string> {
  const values = await readVariables(pairs, cwd)
  const { prompt } = await api.getPrompt({ id: name })
  return renderPrompt(prompt, values)
}

/** Reads a template as it was given: as a word, `-` for stdin, or a file; undefined when it was not. */
export async function readTemplate(
  given: { text?: string | undefined; file?: string | undefined },
  cwd: string,
): Promise<string | undefined> {
  if (given.text !== undefined && given.file !== undefined)
    throw invalid('Either a text or --file, not both.', { hint: 'sparkq prompts create NAME --file FILE' })
  if (given.file !== undefined) return readTextFile(given.file, '--file', cwd)
  return given.text === '-' ? readStdin() : given.text
}

/** A value may be `@FILE` or `-`; one that begins with `@@` begins with one `@`. */
async function readVariables(pairs: string[], cwd: string): Promise<Record<string, string>> {
  const values = new Map<string, string>()
  let fromStdin: string | undefined
  for (const pair of pairs) {
    const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined)
      throw invalid(`--var "${pair}" is not NAME=VALUE.`, { hint: '--var file=src/login.ts' })
    if (values.has(name)) throw invalid(`--var ${name} is given twice.`, { hint: 'sparkq help enqueue' })
    if (value === '-' && fromStdin !== undefined)
      throw invalid(`Only one variable can be read from stdin: ${fromStdin} or ${name}.`, {
        hint: `--var ${name}=@FILE`,
      })
    if (value === '-') fromStdin = name
    values.set(name, await readValue(value, name, cwd))
  }
  return Object.fromEntries(values)
}

async function readValue(value: string, name: string, cwd: string): Promise<string> {
  if (value.startsWith('@@')) return value.slice(1)
  const text = await readTextOption(value, `--var ${name}`, cwd)
  // A file ends in a line break that nobody wants in the middle of a sentence.
  return text === value ? text : text.replace(/\n+$/, '')
}
