import { test } from 'node:test'
import { files, rows } from './rows/places.ts'
import { walk } from './walk.ts'

test('setup, copies, doctor and teardown, line by line', t => walk(t, rows, files))
