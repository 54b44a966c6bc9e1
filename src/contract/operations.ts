import { attemptOperations } from './operations/attempts.ts'
import { configOperations } from './operations/config.ts'
import type { Operation } from './operations/define.ts'
import { promptOperations } from './operations/prompts.ts'
import { providerOperations } from './operations/providers.ts'
import { questionOperations } from './operations/questions.ts'
import { queueOperations } from './operations/queues.ts'
import { reviewOperations } from './operations/review.ts'
import { serviceOperations } from './operations/service.ts'
import { sessionOperations } from './operations/sessions.ts'
import { statsOperations } from './operations/stats.ts'
import { supervisionOperations } from './operations/supervision.ts'
import { taskOperations } from './operations/tasks.ts'

export type { Method, Operation } from './operations/define.ts'

/** Everything SparkQ can do. Routes, OpenAPI, the HTTP client and the MCP tools are loops over this table. */
export const operations = {
  ...sessionOperations,
  ...queueOperations,
  ...taskOperations,
  ...attemptOperations,
  ...providerOperations,
  ...questionOperations,
  ...promptOperations,
  ...reviewOperations,
  ...statsOperations,
  ...configOperations,
  ...serviceOperations,
  ...supervisionOperations,
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof operations
