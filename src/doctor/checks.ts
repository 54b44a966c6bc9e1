import { agentChecks } from './agents.ts'
import type { Check } from './check.ts'
import { configChecks } from './config.ts'
import { databaseChecks } from './database.ts'
import { leftoverChecks } from './leftovers.ts'
import { lockChecks } from './locks.ts'
import { machineChecks } from './machine.ts'
import { outputChecks } from './output.ts'
import { privacyChecks } from './privacy.ts'
import { serverChecks } from './server.ts'
import { workChecks } from './work.ts'

/** Everything that is looked at, in the order in which it is told. Another check is another entry in one of these. */
export const checks: readonly Check[] = [
  ...configChecks,
  ...databaseChecks,
  ...workChecks,
  ...lockChecks,
  ...outputChecks,
  ...leftoverChecks,
  ...serverChecks,
  ...privacyChecks,
  ...agentChecks,
  ...machineChecks,
]
