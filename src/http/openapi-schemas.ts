import { type TSchema, Type } from '@sinclair/typebox'
import { AgentReport, AgentRun, Conversation, Provider, Usage } from '../contract/agents.ts'
import { Attempt, Ending, OutputMark, ProcessIdentity, StopReport } from '../contract/attempts.ts'
import { Changes, ChangesInput } from '../contract/changes.ts'
import { errorCodes } from '../contract/errors.ts'
import { Event } from '../contract/events.ts'
import { oneOf, Timestamp, TimestampInput } from '../contract/fields.ts'
import { Prompt, PromptInput } from '../contract/prompts.ts'
import { Question, TaskQuestion } from '../contract/questions.ts'
import { Queue, QueueCounts, QueueInput, QueueSettings, QueueSettingsPatch } from '../contract/queues.ts'
import { MissingTool, Runner } from '../contract/runners.ts'
import { Script, ScriptField } from '../contract/scripts.ts'
import { Session, SessionInput } from '../contract/sessions.ts'
import { ConfigEntry, ConfigProblem } from '../contract/settings.ts'
import { Supervision } from '../contract/supervision.ts'
import { CheckedTask, QuickAdd, Task, TaskInput } from '../contract/tasks.ts'
import { TaskClass, TaskClassInput, Tool, ToolInput } from '../contract/tools.ts'

export type JsonSchema = { [key: string]: unknown }

const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'what is wrong, as a sentence' }),
    code: oneOf(Object.keys(errorCodes)),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ pointer: Type.String({ description: 'JSON pointer' }), detail: Type.String() }),
        { description: 'the wrong places in the input' },
      ),
    ),
    hint: Type.Optional(Type.String({ description: 'the next command to type, one per line' })),
  },
  { description: 'Why a request was refused (RFC 9457)' },
)

/** What has a name in the document; wherever it occurs, it is referred to. */
const named: Record<string, TSchema> = {
  Session,
  SessionInput,
  Queue,
  QueueInput,
  QueueSettings,
  QueueSettingsPatch,
  QueueCounts,
  Task,
  TaskInput,
  QuickAdd,
  CheckedTask,
  Attempt,
  Ending,
  ProcessIdentity,
  StopReport,
  OutputMark,
  AgentReport,
  AgentRun,
  Usage,
  Conversation,
  Provider,
  Changes,
  ChangesInput,
  Runner,
  MissingTool,
  Supervision,
  Tool,
  ToolInput,
  ConfigEntry,
  ConfigProblem,
  TaskClass,
  TaskClassInput,
  Script,
  ScriptField,
  Question,
  TaskQuestion,
  Prompt,
  PromptInput,
  Event,
  Timestamp,
  TimestampInput,
  Problem,
}

const plain = (schema: unknown): JsonSchema => JSON.parse(JSON.stringify(schema))

// By its text: TypeBox copies a schema when it makes it optional, and a copy is the same schema.
const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]))

/** The schema as plain JSON, with references for what has a name. */
export function schemaOf(schema: TSchema): JsonSchema {
  return refer(plain(schema)) as JsonSchema
}

export function namedSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(named).map(([name, schema]) => [name, referInside(plain(schema)) as JsonSchema]),
  )
}

function refer(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const name = names.get(JSON.stringify(value))
  return name === undefined ? referInside(value) : { $ref: `#/components/schemas/${name}` }
}

function referInside(value: object): unknown {
  if (Array.isArray(value)) return value.map(refer)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, refer(part)]))
}
