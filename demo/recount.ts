import fs from 'node:fs'
import path from 'node:path'
import { orderCount } from './plan.ts'

/** What the tasks should have found out, worked out once more by other means. */
export type Languages = Record<string, { files: number; lines: number }>
export type Region = { orders: number; cents: number; largest: number }
export type Orders = {
  regions: Record<string, Region>
  largest: { order: number; region: string; cents: number }
}

const languageOf: Record<string, string> = {
  '.ts': 'TypeScript',
  '.js': 'JavaScript',
  '.mjs': 'JavaScript',
  '.sh': 'Shell',
  '.py': 'Python',
  '.md': 'Markdown',
}

/** Files and lines of a checkout by language; what is installed or built is none of it. */
export function countLanguages(checkout: string): Languages {
  const counts: Languages = Object.fromEntries(
    Object.values(languageOf).map(language => [language, { files: 0, lines: 0 }]),
  )
  for (const file of filesIn(checkout)) {
    const count = counts[languageOf[path.extname(file)] ?? '']
    if (!count) continue
    count.files++
    count.lines += countLines(file)
  }
  return counts
}

export function countLines(file: string): number {
  return fs.readFileSync(file).filter(byte => byte === 0x0a).length
}

/** The TypeScript files below `src/` of a checkout, relative to it. */
export function sourcesOf(checkout: string): string[] {
  return filesIn(path.join(checkout, 'src'))
    .filter(file => file.endsWith('.ts'))
    .map(file => path.relative(checkout, file))
}

/** How many modules import each module. */
export function countImports(checkout: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const source of sourcesOf(checkout)) {
    const text = fs.readFileSync(path.join(checkout, source), 'utf8')
    const targets = [...text.matchAll(/\bfrom\s+['"](\.[^'"]+)['"]/g)].map(match => match[1] as string)
    for (const target of new Set(targets)) {
      const module = path.join(path.dirname(source), target)
      counts[module] = (counts[module] ?? 0) + 1
    }
  }
  return counts
}

/** The orders that `make-orders.py` makes, made and summed here. */
export function sumOrders(): Orders {
  const names = ['north', 'east', 'south', 'west'] as const
  const regions: Record<string, Region> = {}
  let largest = { order: 0, region: '', cents: 0 }
  let state = 2026
  for (let order = 1; order <= orderCount; order++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const region = names[state >>> 30] as string
    const cents = 100 + ((state >>> 8) % 99_900)
    regions[region] ??= { orders: 0, cents: 0, largest: 0 }
    const sum = regions[region]
    sum.orders++
    sum.cents += cents
    sum.largest = Math.max(sum.largest, cents)
    if (cents > largest.cents) largest = { order, region, cents }
  }
  return { regions, largest }
}

function filesIn(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const name = path.join(folder, entry.name)
    if (entry.isDirectory()) return isSkipped(entry.name) ? [] : filesIn(name)
    return entry.isFile() ? [name] : []
  })
}

const isSkipped = (name: string): boolean =>
  ['node_modules', 'dist', '.git'].includes(name) || name.endsWith('.tmp')
