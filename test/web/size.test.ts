import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { readUi } from '../../src/http/ui-files.ts'

const mostKb = 120

test(`the first page needs at most ${mostKb} kB of script`, t => {
  const ui = readUi()
  assert.ok(ui, 'npm run build has made it')
  const html = ui.index.toString()
  const first = ui.assets.filter(
    ({ url }) => url.endsWith('.js') && (html.includes(url) || /\/home-page-/.test(url)),
  )
  assert.ok(first.length >= 3)
  const bytes = first.reduce((sum, { body }) => sum + brotliCompressSync(body).length, 0)
  t.diagnostic(`${(bytes / 1024).toFixed(1)} kB, compressed with brotli`)
  assert.ok(bytes <= mostKb * 1024, `${bytes} bytes`)
})
