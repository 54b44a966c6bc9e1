import { Type } from '@sinclair/typebox'
import { Json, Nullable, one, Strict } from '../fields.ts'
import { ConfigEntry, ConfigProblem } from '../settings.ts'
import { TaskClass, TaskClassInput, Tool, ToolInput, taskClassEdits, toolEdits } from '../tools.ts'
import { create, get, post, put, remove } from './define.ts'

const bySetting = {
  namespace: Type.String({ minLength: 1, description: 'the section: server; script_dirs for script_dirs' }),
  key: Type.String({ minLength: 1, description: 'port; script_dirs for script_dirs' }),
}
const byToolName = { name: Type.String({ minLength: 1 }) }
const hidden = { hidden: Type.Optional(Type.Boolean({ description: 'also those that a person deleted' })) }
/** Of what sparkq.yml has and a person deleted. */
const back = { hidden: Type.Optional(Type.Literal(false, { description: 'brings back what was deleted' })) }

const warnings = Type.Array(Type.String({ description: 'overrides that are ignored, and why' }))
const entryAnswer = one('entry', ConfigEntry)
const toolAnswer = one('tool', Tool)
const classAnswer = one('task_class', TaskClass)

export const configOperations = {
  listConfig: get(
    '/api/config',
    'List every setting with its value and its source',
    Strict({}),
    Type.Object({ config: Type.Array(ConfigEntry), warnings }),
  ),
  setConfig: put(
    '/api/config/{namespace}/{key}',
    'Put a value over what sparkq.yml says of a setting',
    Strict({ ...bySetting, value: Json }),
    entryAnswer,
  ),
  unsetConfig: remove(
    '/api/config/{namespace}/{key}',
    'Take the override of a setting back; null is what is left of one that does not exist any more',
    Strict(bySetting),
    Type.Object({ entry: Nullable(ConfigEntry) }),
  ),
  validateConfig: post(
    '/api/config/validate',
    'Say what is wrong with the text of a sparkq.yml',
    Strict({ text: Type.String({ maxLength: 1_000_000 }) }),
    Type.Object({ valid: Type.Boolean(), errors: Type.Array(ConfigProblem) }),
  ),
  reload: post(
    '/api/reload',
    'Apply sparkq.yml as it is now; a broken one changes nothing',
    Strict({}),
    Type.Object({
      changes: Type.Array(Type.String({ description: 'what is different, in a few words' })),
      warnings,
    }),
  ),

  listTools: get('/api/tools', 'List tools', Strict(hidden), Type.Object({ tools: Type.Array(Tool) })),
  createTool: create('/api/tools', 'Add a tool', ToolInput, toolAnswer),
  getTool: get('/api/tools/{name}', 'Show a tool', Strict(byToolName), toolAnswer),
  updateTool: put(
    '/api/tools/{name}',
    'Change a tool; one of sparkq.yml by a copy that goes before it',
    Strict({ ...byToolName, ...toolEdits, ...back }),
    toolAnswer,
  ),
  deleteTool: remove(
    '/api/tools/{name}',
    'Delete a tool; one of sparkq.yml is hidden, a change of one is taken back',
    Strict(byToolName),
    toolAnswer,
  ),
  listTaskClasses: get(
    '/api/task-classes',
    'List task classes',
    Strict(hidden),
    Type.Object({ task_classes: Type.Array(TaskClass) }),
  ),
  createTaskClass: create('/api/task-classes', 'Add a task class', TaskClassInput, classAnswer),
  getTaskClass: get('/api/task-classes/{name}', 'Show a task class', Strict(byToolName), classAnswer),
  updateTaskClass: put(
    '/api/task-classes/{name}',
    'Change a task class; one of sparkq.yml by a copy that goes before it',
    Strict({ ...byToolName, ...taskClassEdits, ...back }),
    classAnswer,
  ),
  deleteTaskClass: remove(
    '/api/task-classes/{name}',
    'Delete a task class that no tool has; one of sparkq.yml is hidden, a change of one is taken back',
    Strict(byToolName),
    classAnswer,
  ),
} as const
