import { test } from 'node:test'
import { files, rows } from './rows/agents.ts'
import { walk } from './walk.ts'

test('telling assistants of SparkQ, line by line', t => walk(t, rows, files))
