import { test } from 'node:test'
import { serverSite } from '../server/support.ts'
import { files, rows } from './rows/server.ts'
import { walk } from './walk.ts'

const onLinux = { skip: process.platform !== 'linux' && 'Elsewhere it is another manager of services.' }

test('the server’s commands, line by line', onLinux, t => walk(t, rows, files, serverSite))
