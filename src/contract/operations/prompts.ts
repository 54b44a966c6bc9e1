import { page, pageOf, Strict } from '../fields.ts'
import { Prompt, PromptInput, promptEdits } from '../prompts.ts'
import { byName, create, get, promptAnswer, put, remove } from './define.ts'

export const promptOperations = {
  listPrompts: get('/api/prompts', 'List prompts by their commands', Strict(page), pageOf('prompts', Prompt)),
  createPrompt: create('/api/prompts', 'Store a prompt', PromptInput, promptAnswer),
  getPrompt: get('/api/prompts/{id}', 'Show a prompt', Strict(byName), promptAnswer),
  updatePrompt: put(
    '/api/prompts/{id}',
    'Change a prompt; of a built-in one, a copy that goes before it',
    Strict({ ...byName, ...promptEdits }),
    promptAnswer,
  ),
  deletePrompt: remove('/api/prompts/{id}', 'Delete a stored prompt', Strict(byName), promptAnswer),
} as const
