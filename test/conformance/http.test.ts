import { overHttp } from './implementations.ts'
import { conformance } from './suite.ts'

conformance(overHttp)
