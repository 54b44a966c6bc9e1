import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid, notFound } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { Prompt } from '../contract/prompts.ts'
import { variablesOf } from '../contract/templates.ts'
import { timestamp } from '../contract/time.ts'
import type { StoredPrompt } from '../store/prompts.ts'
import { builtInPrompts } from './built-in-prompts.ts'
import { type Context, change } from './context.ts'
import { cleanName, nameKey } from './names.ts'

/** By command; the cursor is where the page ended, so that what is added meanwhile shifts nothing. */
export function listPrompts(ctx: Context, input: Input<'listPrompts'> = {}): Output<'listPrompts'> {
  const { limit = 100, cursor = '' } = input
  const rest = allPrompts(ctx).filter(it => nameKey(it.command) > cursor)
  const prompts = rest.slice(0, limit)
  const last = prompts.at(-1)
  return { prompts, next_cursor: last && rest.length > limit ? nameKey(last.command) : null }
}

export function createPrompt(ctx: Context, input: Input<'createPrompt'>): Output<'createPrompt'> {
  const command = cleanCommand(input.command)
  return change(ctx, () => ({
    prompt: insert(ctx, { command, description: input.description ?? null, template: input.template }),
  }))
}

export function getPrompt(ctx: Context, { id }: Input<'getPrompt'>): Output<'getPrompt'> {
  return { prompt: findPrompt(ctx, id) }
}

export function updatePrompt(ctx: Context, input: Input<'updatePrompt'>): Output<'updatePrompt'> {
  const command = input.command === undefined ? undefined : cleanCommand(input.command)
  return change(ctx, () => {
    const prompt = findPrompt(ctx, input.id)
    const changed = {
      command: command ?? prompt.command,
      description: input.description === undefined ? prompt.description : input.description,
      template: input.template ?? prompt.template,
    }
    const isSameName = nameKey(changed.command) === nameKey(prompt.command)
    if (prompt.source === 'built-in') {
      if (isSameName) return { prompt: insert(ctx, { ...changed, command: prompt.command }) }
      throw conflict(`The prompt "${prompt.command}" is built in: it keeps its name.`, createHint)
    }
    if (!isSameName) refuseTaken(ctx, changed.command)
    requireText(changed.template)
    ctx.store.prompts.update({
      id: prompt.id,
      command_key: nameKey(changed.command),
      now: timestamp(ctx.clock()),
      ...changed,
    })
    note(ctx, 'prompt.updated', { id: prompt.id, command: changed.command })
    return { prompt: findPrompt(ctx, prompt.id) }
  })
}

export function deletePrompt(ctx: Context, input: Input<'deletePrompt'>): Output<'deletePrompt'> {
  return change(ctx, () => {
    const prompt = findPrompt(ctx, input.id)
    if (prompt.source === 'built-in') {
      throw conflict(
        `The prompt "${prompt.command}" is built in: it cannot be deleted, but one of your own goes before it.`,
        `sparkq prompts edit ${prompt.command}`,
      )
    }
    ctx.store.prompts.remove(prompt.id)
    note(ctx, 'prompt.deleted', prompt)
    return { prompt }
  })
}

const createHint = 'sparkq prompts create NAME --file FILE'

type NewPrompt = Pick<Prompt, 'command' | 'description' | 'template'>

function insert(ctx: Context, prompt: NewPrompt): Prompt {
  refuseTaken(ctx, prompt.command)
  requireText(prompt.template)
  const id = newId('prompt')
  ctx.store.prompts.insert({
    id,
    command_key: nameKey(prompt.command),
    now: timestamp(ctx.clock()),
    ...prompt,
  })
  note(ctx, 'prompt.created', { id, command: prompt.command })
  return findPrompt(ctx, id)
}

/** A person's own ones, and the built-in ones that none of them goes before. */
function allPrompts({ store }: Context): Prompt[] {
  const stored = store.prompts.list().map(toPrompt)
  const taken = new Set(stored.map(it => nameKey(it.command)))
  const own = builtInPrompts.filter(it => !taken.has(it.command))
  return [...stored, ...own].sort((a, b) => (nameKey(a.command) < nameKey(b.command) ? -1 : 1))
}

function findPrompt(ctx: Context, ref: string): Prompt {
  const key = nameKey(ref)
  const stored = ctx.store.prompts.find(key)
  const found = stored ? toPrompt(stored) : builtInPrompts.find(it => it.id === key || it.command === key)
  if (found) return found
  const names = allPrompts(ctx).map(it => it.command)
  throw notFound(`There is no prompt "${ref}".${didYouMean(ref, names)}`, 'sparkq prompts')
}

const toPrompt = (stored: StoredPrompt): Prompt => ({
  ...stored,
  variables: variablesOf(stored.template),
  source: 'user',
})

/** A word to type, and a part of an address. */
function cleanCommand(raw: string): string {
  const command = cleanName(raw, 'prompt')
  if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u.test(command)) return command
  throw invalid(`"${command}" cannot name a prompt: use letters, digits, ".", "_" and "-", like fix-tests.`, {
    errors: [{ pointer: '/command', detail: 'is not a word' }],
  })
}

function requireText(template: string): void {
  if (template.trim() !== '') return
  throw invalid('The template of a prompt must not be blank.', {
    errors: [{ pointer: '/template', detail: 'is blank' }],
  })
}

function refuseTaken(ctx: Context, command: string): void {
  if (!ctx.store.prompts.find(nameKey(command))) return
  throw conflict(`There is a prompt "${command}" already.`, `sparkq prompts edit ${command}`)
}

function note(
  ctx: Context,
  event: 'prompt.created' | 'prompt.updated' | 'prompt.deleted',
  { id, command }: Pick<Prompt, 'id' | 'command'>,
): void {
  ctx.store.audit.append({ at: timestamp(ctx.clock()), event, actor: ctx.actor, data: { id, command } })
}
