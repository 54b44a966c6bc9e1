import { type Static, Type } from '@sinclair/typebox'
import { Name, Nullable, oneOf, Strict, Timestamp } from './fields.ts'

/** Where a prompt comes from: SparkQ itself, or a person; a person's of the same command wins. */
export const promptSources = ['built-in', 'user'] as const

export const PromptVariable = Type.Object({
  name: Type.String(),
  required: Type.Boolean({ description: 'it has no default' }),
  default: Nullable(Type.String()),
})
export type PromptVariable = Static<typeof PromptVariable>

/** A stored text template, known by its command. */
export const Prompt = Type.Object({
  id: Type.String(),
  command: Type.String(),
  description: Nullable(Type.String()),
  template: Type.String(),
  variables: Type.Array(PromptVariable, { description: 'in the order in which the template names them' }),
  source: oneOf(promptSources),
  created_at: Nullable(Timestamp),
  updated_at: Nullable(Timestamp),
})
export type Prompt = Static<typeof Prompt>

const Description = Type.String({ minLength: 1, maxLength: 1000 })
const Template = Type.String({
  minLength: 1,
  maxLength: 100_000,
  description: '{{name}} is a variable, {{name=text}} one with a default, \\{{name}} those characters',
})

export const PromptInput = Strict({
  command: Name,
  description: Type.Optional(Nullable(Description)),
  template: Template,
})

export const promptEdits = {
  command: Type.Optional(Name),
  description: Type.Optional(Nullable(Description)),
  template: Type.Optional(Template),
}
