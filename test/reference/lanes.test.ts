import { test } from 'node:test'
import { files, rows } from './rows/lanes.ts'
import { walk, walkRemotely } from './walk.ts'

test('sessions and lanes, line by line', t => walk(t, rows, files))
test('sessions and lanes, through a server', t => walkRemotely(t, rows, files))
