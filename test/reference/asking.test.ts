import { test } from 'node:test'
import { files, rows } from './rows/asking.ts'
import { walk, walkRemotely } from './walk.ts'

test('questions, bindings and chats, line by line', t => walk(t, rows, files))
test('questions, bindings and chats, through a server', t => walkRemotely(t, rows, files))
