import { invalid } from './errors.ts'
import { didYouMean } from './nearest.ts'
import type { Prompt, PromptVariable } from './prompts.ts'

/**
 * `{{name}}` and `{{name=default}}`, on one line, without blanks around the name or braces in the default. Everything else
 * stays as it is, so that code (`{{ message }}`, `{{.Name}}`) may stand in a template; a backslash in front keeps a
 * variable from being one.
 */
const variable = /\\?\{\{([A-Za-z_][\w-]*)(?:=([^{}\n]*))?\}\}/g

/** The variables of a template in the order they appear; one with a default anywhere is required nowhere. */
export function variablesOf(template: string): PromptVariable[] {
  const found = new Map<string, string | null>()
  for (const [text, name = '', otherwise] of template.matchAll(variable)) {
    if (text.startsWith('\\')) continue
    found.set(name, found.get(name) ?? otherwise ?? null)
  }
  return [...found].map(([name, otherwise]) => ({ name, required: otherwise === null, default: otherwise }))
}

/**
 * The text of a prompt with its variables filled in. A value is taken as it is: braces in it name no variable.
 * @throws invalid for a variable that has no value, or a value for none; all of them are named
 */
export function renderPrompt(
  { command, template }: Pick<Prompt, 'command' | 'template'>,
  values: Readonly<Record<string, string>>,
): string {
  const variables = variablesOf(template)
  refuseUnknown(command, variables, Object.keys(values))
  const given = new Map(Object.entries(values))
  refuseMissing(
    command,
    variables.filter(it => it.required && !given.has(it.name)).map(it => it.name),
  )
  const defaults = new Map(variables.map(it => [it.name, it.default ?? '']))
  return template.replace(variable, (text, name: string) =>
    text.startsWith('\\') ? text.slice(1) : (given.get(name) ?? (defaults.get(name) as string)),
  )
}

function refuseUnknown(command: string, variables: PromptVariable[], given: string[]): void {
  const names = variables.map(it => it.name)
  const unknown = given.filter(name => !names.includes(name))
  const [first] = unknown
  if (first === undefined) return
  throw invalid(`The prompt "${command}" has no variable "${first}".${didYouMean(first, names)}`, {
    hint: names.length > 0 ? `its variables: ${names.join(', ')}` : 'it has none',
    errors: unknown.map(name => ({ pointer: `/variables/${name}`, detail: 'is not a variable of it' })),
  })
}

function refuseMissing(command: string, missing: string[]): void {
  if (missing.length === 0) return
  throw invalid(`The prompt "${command}" needs ${missing.join(' and ')}.`, {
    hint: missing.map(name => `--var ${name}=…`).join('\n'),
    errors: missing.map(name => ({ pointer: `/variables/${name}`, detail: 'is missing' })),
  })
}
