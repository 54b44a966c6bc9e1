import { historySize } from './ground.ts'
import type { Machine } from './machine.ts'
import { median, quantile, type Samples } from './measure.ts'

/** What a benchmark measured against a floor, in milliseconds: SparkQ without history, and with it where it matters. */
export type Outcome = {
  title: string
  /** What the floor is. */
  floorName: string
  floor: Samples
  empty: Samples
  full?: Samples
  /** The difference to the floor tells more than the ratio. */
  showsDifference?: boolean
}

/** What a benchmark measured that has no floor. */
export type Remark = { title: string; lines: string[]; values: Record<string, number | number[]> }

export function printMachine(machine: Machine): void {
  const { cores, cpu, load, system, node, sqlite, folder, sync_ms, sync_p95_ms } = machine
  print(`${cores} cores (${cpu}), load ${load} · ${system} · Node ${node} · SQLite ${sqlite}`)
  print(`${folder}: a sync of 4 KiB takes ${sync_ms} ms (p95 ${sync_p95_ms} ms)`)
}

export function printOutcome({ title, floorName, floor, empty, full, showsDifference }: Outcome): void {
  print(`\n${title}`)
  row('', ['median', 'p95', 'a second', '× floor'])
  row(floorName, numbers(floor))
  row('sparkq', [...numbers(empty), ratio(empty, floor)])
  if (full) row(withHistory, [...numbers(full), ratio(full, floor)])
  if (showsDifference) {
    for (const [name, samples] of [
      ['sparkq', empty],
      [withHistory, full],
    ] as const) {
      if (!samples) continue
      const { half, most } = difference(samples, floor)
      print(`  ${name}: ${ms(half)} above the floor, p95 ${ms(most)}`)
    }
  }
  if (full) print(`  with history it takes ${ratio(full, empty)} the time`)
}

export function printRemark({ title, lines }: Remark): void {
  print(`\n${title}`)
  for (const line of lines) print(`  ${line}`)
}

/** The numbers behind what was printed. */
export function summarise(outcome: Outcome | Remark): Record<string, unknown> {
  if ('lines' in outcome) return { title: outcome.title, ...outcome.values }
  const { title, floorName, floor, empty, full, showsDifference } = outcome
  const of = (samples: Samples) => ({ median_ms: median(samples), p95_ms: quantile(samples, 0.95), samples })
  return {
    title,
    floor_is: floorName,
    floor: of(floor),
    empty: of(empty),
    ratio: median(empty) / median(floor),
    ...(full ? { full: of(full), history_ratio: median(full) / median(empty) } : {}),
    ...(showsDifference ? { above_floor: difference(empty, floor) } : {}),
    ...(showsDifference && full ? { above_floor_full: difference(full, floor) } : {}),
  }
}

const withHistory = `sparkq, ${historySize.toLocaleString('en')} finished tasks`

const numbers = (samples: Samples): string[] => [
  ms(median(samples)),
  ms(quantile(samples, 0.95)),
  (1000 / median(samples)).toFixed(median(samples) < 10 ? 0 : 1),
]

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`

const ratio = (samples: Samples, base: Samples): string => `${(median(samples) / median(base)).toFixed(2)} ×`

/** Of samples and floors that were measured side by side, round by round, in milliseconds. */
function difference(samples: Samples, floor: Samples): { half: number; most: number } {
  const above = samples.map((sample, round) => sample - (floor[round] as number))
  return { half: median(above), most: quantile(above, 0.95) }
}

function row(name: string, cells: string[]): void {
  print(`  ${name.padEnd(50)}${cells.map(cell => cell.padStart(10)).join('')}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
