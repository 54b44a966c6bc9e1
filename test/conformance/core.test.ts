import { overCore } from './implementations.ts'
import { conformance } from './suite.ts'

conformance(overCore)
