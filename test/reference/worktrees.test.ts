import { test } from 'node:test'
import { files, rows } from './rows/worktrees.ts'
import { walk, walkRemotely } from './walk.ts'

test('work trees of lanes, line by line', t => walk(t, rows, files))
test('work trees of lanes, through a server', t => walkRemotely(t, rows, files))
