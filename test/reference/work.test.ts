import { test } from 'node:test'
import { files, rows } from './rows/work.ts'
import { walk, walkRemotely } from './walk.ts'

test('doing work, line by line', t => walk(t, rows, files))
test('doing work, through a server', t => walkRemotely(t, rows, files))
