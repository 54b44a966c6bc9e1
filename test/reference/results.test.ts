import { test } from 'node:test'
import { files, rows } from './rows/results.ts'
import { walk, walkRemotely } from './walk.ts'

test('what became of tasks, line by line', t => walk(t, rows, files))
test('what became of tasks, through a server', t => walkRemotely(t, rows, files))
