import { Type } from '@sinclair/typebox'
import { agentNames, Provider } from '../agents.ts'
import { Nullable, one, oneOf, Strict, TimestampInput } from '../fields.ts'
import { get, put } from './define.ts'

const byProvider = { name: oneOf(agentNames) }
const providerAnswer = one('provider', Provider)

export const providerOperations = {
  listProviders: get(
    '/api/providers',
    'List what agents depend on, and whether it is limited or paused',
    Strict({}),
    Type.Object({ providers: Type.Array(Provider) }),
  ),
  pauseProvider: put(
    '/api/providers/{name}/pause',
    'Begin no task that needs this provider',
    Strict({
      ...byProvider,
      reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
      until: Type.Optional(Nullable(TimestampInput)),
    }),
    providerAnswer,
  ),
  resumeProvider: put(
    '/api/providers/{name}/resume',
    'Begin tasks that need this provider again; those that wait for it are due at once',
    Strict(byProvider),
    providerAnswer,
  ),
} as const
