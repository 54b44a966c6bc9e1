import { test } from 'node:test'
import { files, rows } from './rows/providers.ts'
import { walk, walkRemotely } from './walk.ts'

test('what agents depend on, line by line', t => walk(t, rows, files))
test('what agents depend on, through a server', t => walkRemotely(t, rows, files))
