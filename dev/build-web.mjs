// Bundles web/ for the browser: an entry, one chunk per page, one style sheet, and the index.html that names them.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { operations } from '../src/contract/operations.ts'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const web = path.join(root, 'web')

/** @param {string} folder is made, with `index.html` and `assets/` in it; names of assets change with what they hold */
export async function buildWeb(folder) {
  const assets = path.join(folder, 'assets')
  fs.mkdirSync(assets, { recursive: true })
  const [main, ...preloads] = await bundle('main.tsx', { dir: assets, format: 'esm' })
  const [early] = await bundle('early.ts', { dir: assets, format: 'iife' })
  const names = {
    ...{ main, early, style: addStyle(assets), icon: addFile(assets, 'static/icon.svg') },
    counted: addCounted(assets).join(' /ui/assets/'),
  }
  const html = fs
    .readFileSync(path.join(web, 'index.html'), 'utf8')
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name) => `/ui/assets/${names[name]}`)
    .replace('</head>', `${preloads.map(preload).join('')}</head>`)
  fs.writeFileSync(path.join(folder, 'index.html'), html)
}

const preload = name => `<link rel="modulepreload" href="/ui/assets/${name}">\n`

/** @returns the names of the entry and of what it needs at once */
async function bundle(entry, output) {
  const bundle = await rolldown({
    input: path.join(web, entry),
    platform: 'browser',
    plugins: [addresses],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    // "use client" is for servers that render, of which there is none.
    onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log),
  })
  const { output: chunks } = await bundle.write({
    ...output,
    minify: true,
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
  })
  await bundle.close()
  const first = chunks.find(chunk => chunk.isEntry)
  return [first.fileName, ...first.imports]
}

/** Where each operation is, without its schemas: `{listTasks: ['GET', '/api/tasks', 'json'], …}`. */
const addresses = {
  name: 'addresses',
  resolveId: id => (id === 'virtual:operations' ? id : undefined),
  load: id => {
    if (id !== 'virtual:operations') return undefined
    const rows = Object.entries(operations).map(([name, { method, path, output }]) => [
      name,
      [method, path, output === 'bytes' ? 'bytes' : 'json'],
    ])
    return `export default ${JSON.stringify(Object.fromEntries(rows))}`
  },
}

/** The icon with a number on it, 1 to 9 and more than that: files, since the page may show no image of its own making. */
function addCounted(assets) {
  const icon = fs.readFileSync(path.join(web, 'static/icon.svg'), 'utf8')
  return ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+'].map((text, at) => {
    const sign = `<circle cx="11" cy="11" r="5" fill="#c4271b"/><text x="11" y="13.6" font-family="sans-serif" font-size="7.4" font-weight="700" text-anchor="middle" fill="#fff">${text}</text>`
    return write(assets, `icon-${at + 1}`, '.svg', icon.replace('</svg>', `${sign}</svg>`))
  })
}

/** `web/style/` in the order of its names, then what lies beside pages and parts. */
function addStyle(assets) {
  const sheets = fs
    .readdirSync(web, { recursive: true })
    .map(String)
    .filter(name => name.endsWith('.css'))
    .sort((a, b) => Number(b.startsWith('style')) - Number(a.startsWith('style')) || (a < b ? -1 : 1))
  const text = sheets.map(name => fs.readFileSync(path.join(web, name), 'utf8')).join('\n')
  return write(assets, 'style', '.css', text.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\n\s*/g, '\n'))
}

function addFile(assets, file) {
  const { name, ext } = path.parse(file)
  return write(assets, name, ext, fs.readFileSync(path.join(web, file)))
}

function write(assets, name, ext, content) {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 8)
  fs.writeFileSync(path.join(assets, `${name}-${hash}${ext}`), content)
  return `${name}-${hash}${ext}`
}
