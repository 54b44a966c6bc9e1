import { test } from 'node:test'
import { fileRows, files, rows } from './rows/settings.ts'
import { walk, walkRemotely } from './walk.ts'

test('settings, tools and classes, line by line', t => walk(t, [...fileRows, ...rows], files))
test('settings, tools and classes, through a server', t => walkRemotely(t, rows, files))
