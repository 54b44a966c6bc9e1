import { test } from 'node:test'
import { files, rows } from './rows/prompts-and-scripts.ts'
import { walk, walkRemotely } from './walk.ts'

test('prompts and scripts, line by line', t => walk(t, rows, files))
test('prompts and scripts, through a server', t => walkRemotely(t, rows, files))
