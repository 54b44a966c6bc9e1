import { test } from 'node:test'
import { files, rows } from './rows/tasks.ts'
import { walk, walkRemotely } from './walk.ts'

test('queueing and changing tasks, line by line', t => walk(t, rows, files))
test('queueing and changing tasks, through a server', t => walkRemotely(t, rows, files))
