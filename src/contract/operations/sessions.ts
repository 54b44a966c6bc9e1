import { Type } from '@sinclair/typebox'
import { Name, oneOf, page, pageOf, Strict } from '../fields.ts'
import { Session, SessionInput, sessionStatuses } from '../sessions.ts'
import { byName, cancelRunning, create, get, put, remove, sessionAnswer } from './define.ts'

export const sessionOperations = {
  listSessions: get(
    '/api/sessions',
    'List sessions',
    Strict({ status: Type.Optional(oneOf(sessionStatuses)), ...page }),
    pageOf('sessions', Session),
  ),
  createSession: create('/api/sessions', 'Create a session', SessionInput, sessionAnswer),
  getSession: get('/api/sessions/{id}', 'Show a session', Strict(byName), sessionAnswer),
  updateSession: put(
    '/api/sessions/{id}',
    'Rename a session or change its instructions',
    Strict({
      ...byName,
      name: Type.Optional(Name),
      instructions: Type.Optional(SessionInput.properties.instructions),
    }),
    sessionAnswer,
  ),
  endSession: put(
    '/api/sessions/{id}/end',
    'End a session and its queues',
    Strict({ ...byName, ...cancelRunning }),
    sessionAnswer,
  ),
  deleteSession: remove(
    '/api/sessions/{id}',
    'Delete a session with its queues and tasks',
    Strict({ ...byName, ...cancelRunning }),
    sessionAnswer,
  ),
} as const
