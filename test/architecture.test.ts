import assert from 'node:assert/strict'
import fs from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'

const root = path.dirname(import.meta.dirname)

/** What each room of `src/` may import beside itself. Files that lie in `src/` itself may import anything below. */
const arrows: Record<string, string[]> = {
  contract: [],
  store: ['contract', 'watch-folder.ts'],
  processes: ['contract'],
  'attempt-files': ['contract'],
  scripts: ['contract'],
  'agent-files': ['contract'],
  plans: ['contract', 'yaml-text.ts'],
  core: ['contract', 'store', 'processes', 'attempt-files', 'scripts'],
  agents: ['contract', 'processes', 'escape-filter.ts'],
  changes: ['contract'],
  driver: ['contract', 'agents', 'changes', 'processes', 'attempt-files', 'watch-folder.ts'],
  runner: ['contract', 'agents', 'changes', 'driver', 'processes', 'attempt-files', 'watch-folder.ts'],
  supervisor: ['contract', 'processes', 'runner'],
  notify: ['contract', 'processes'],
  http: ['contract'],
  mcp: ['contract'],
  server: [
    ...['contract', 'core', 'http', 'processes', 'runner', 'supervisor'],
    ...['connect.ts', 'config.ts', 'log.ts'],
  ],
  backup: [
    ...['contract', 'store', 'processes', 'attempt-files', 'server'],
    ...['connect.ts', 'config.ts', 'config-anyhow.ts'],
  ],
  doctor: [
    ...['contract', 'agents', 'changes', 'store', 'processes', 'attempt-files', 'scripts'],
    ...['runner', 'server', 'backup'],
    ...['connect.ts', 'config.ts', 'config-anyhow.ts'],
  ],
  cli: [
    ...[
      'contract',
      'agent-files',
      'agents',
      'changes',
      'mcp',
      'plans',
      'scripts',
      'runner',
      'notify',
      'processes',
      'supervisor',
      'server',
      'backup',
      'doctor',
    ],
    ...['connect.ts', 'config.ts', 'config-anyhow.ts', 'live-config.ts', 'yaml-edit.ts', 'yaml-text.ts'],
    ...['log.ts', 'playbook.ts', 'serve.ts', 'version.ts', 'escape-filter.ts'],
  ],
}

/** The same for `web/`, which beside that may import the contract, and nothing else of `src/`. */
const webArrows: Record<string, string[]> = {
  api: [],
  output: [],
  style: [],
  static: [],
  parts: ['api'],
  shell: ['parts', 'api'],
  pages: ['parts', 'api', 'output'],
}

/** What an agent prints is told alike in a terminal and in a browser: this, and what it imports, is for both. */
const transcript = path.join('src', 'agents', 'transcript.ts')

const longest = 400
const sql = /(['"`])\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|BEGIN|WITH RECURSIVE|VACUUM)\s/

const files = (folder: string): string[] =>
  fs.existsSync(path.join(root, folder))
    ? fs
        .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)))
    : []
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8')
const sources = files('src').filter(file => file.endsWith('.ts'))
const webSources = files('web').filter(file => /\.tsx?$/.test(file))

/** What a file imports, types and lazy imports included. */
function importsOf(file: string): string[] {
  const found = read(file).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)
  return [...found].map(match => match[1] as string)
}

/** The files of `src/` that a file imports. */
function innerImportsOf(file: string): string[] {
  return importsOf(file)
    .filter(name => name.startsWith('.'))
    .map(name => path.normalize(path.join(path.dirname(file), name)))
}

/** `src/core/claims.ts` → `core`; `src/config.ts` → `config.ts`. */
const roomOf = (file: string) => file.split(path.sep)[1] as string

test('every room of src is known here', () => {
  const rooms = new Set(sources.map(roomOf).filter(room => !room.endsWith('.ts')))
  assert.deepEqual(
    [...rooms].filter(room => !(room in arrows)),
    [],
  )
})

test('a room imports only what its arrows point to', () => {
  const wrong = sources.flatMap(file => {
    const allowed = arrows[roomOf(file)]
    if (!allowed) return []
    const to = innerImportsOf(file).filter(it => ![roomOf(file), ...allowed].includes(roomOf(it)))
    return to.map(it => `${file} → ${it}`)
  })
  assert.deepEqual(wrong, [])
})

test('a room of web imports only what its arrows point to, and of src the contract', () => {
  const rooms = new Set(
    files('web')
      .map(roomOf)
      .filter(room => !room.includes('.')),
  )
  assert.deepEqual(
    [...rooms].filter(room => !(room in webArrows)),
    [],
  )
  const isAllowed = (from: string, to: string): boolean => {
    if (to.startsWith('src')) return roomOf(to) === 'contract' || to === transcript
    const allowed = webArrows[roomOf(from)]
    return to.startsWith('web') && (!allowed || [roomOf(from), ...allowed].includes(roomOf(to)))
  }
  const wrong = webSources.flatMap(file =>
    innerImportsOf(file)
      .filter(it => !isAllowed(file, it) || !fs.existsSync(path.join(root, it)))
      .map(it => `${file} → ${it}`),
  )
  assert.deepEqual(wrong, [])
})

test('a page imports none of another page', () => {
  const pageOf = (file: string) => file.split(path.sep)[2] as string
  const wrong = webSources
    .filter(file => roomOf(file) === 'pages')
    .flatMap(file =>
      innerImportsOf(file)
        .filter(it => it.startsWith(path.join('web', 'pages')) && pageOf(it) !== pageOf(file))
        .map(it => `${file} → ${it}`),
    )
  assert.deepEqual(wrong, [])
})

test('what the browser loads holds no schemas', () => {
  const valuesOf = (file: string) =>
    [...read(file).matchAll(/^(?:im|ex)port (?!type )[^']*? from '([^']+)'/gm)].map(
      match => match[1] as string,
    )
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const name of valuesOf(file)) {
      assert.notEqual(name.split('/')[0], '@sinclair', `${file} needs it, and the browser loads that`)
      if (name.startsWith('.')) visit(path.normalize(path.join(path.dirname(file), name)))
    }
  }
  for (const file of webSources) visit(file)
})

test('what src imports is in src, and is there', () => {
  const missing = sources.flatMap(file =>
    innerImportsOf(file)
      .filter(it => !it.startsWith(`src${path.sep}`) || !fs.existsSync(path.join(root, it)))
      .map(it => `${file} → ${it}`),
  )
  assert.deepEqual(missing, [])
})

test('no file imports itself, on however long a way', () => {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, way: string[]): void => {
    const at = way.indexOf(file)
    if (at >= 0) cycles.push([...way.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const next of innerImportsOf(file)) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of [...sources, ...webSources]) visit(file, [])
  assert.deepEqual(cycles, [])
})

test('the contract runs in a browser', () => {
  const packages = new Set(['@sinclair/typebox', '@sinclair/typebox/value', 'fastest-levenshtein'])
  const builtins = new Set([...builtinModules, ...builtinModules.map(name => `node:${name}`)])
  for (const file of sources.filter(it => roomOf(it) === 'contract')) {
    for (const name of importsOf(file)) {
      assert.ok(
        name.startsWith('.') || (packages.has(name) && !builtins.has(name)),
        `${file} imports ${name}`,
      )
    }
    assert.doesNotMatch(read(file), /(?<![.\w])(process|Buffer|global)\.\w/, file)
  }
})

test('SQL is written in the store alone', () => {
  const wrong = sources.filter(file => roomOf(file) !== 'store' && sql.test(read(file)))
  assert.deepEqual(wrong, [])
  assert.ok(
    sources.some(file => roomOf(file) === 'store' && sql.test(read(file))),
    'the store’s own is recognised',
  )
})

test(`no file has more than ${longest} lines`, () => {
  const long = ['src', 'web', 'test', 'bench', 'chaos', 'demo', 'dev', 'test-agents']
    .flatMap(files)
    .filter(file => /\.(ts|tsx|mts|js|mjs|css|sh|py)$/.test(file))
    .map(file => [file, read(file).split('\n').length - 1] as const)
    .filter(([, lines]) => lines > longest)
  assert.deepEqual(long, [])
})
