import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { median, quantile } from './measure.ts'

export type Machine = Record<string, string | number>

/** What the numbers depend on. */
export function describeMachine(folder: string): Machine {
  const cpus = os.cpus()
  const syncs = measureSyncs(path.join(folder, 'sync'))
  return {
    cores: cpus.length,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    load: Number((os.loadavg()[0] as number).toFixed(2)),
    system: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? 'unknown',
    folder: path.dirname(folder),
    sync_ms: Number(median(syncs).toFixed(3)),
    sync_p95_ms: Number(quantile(syncs, 0.95).toFixed(3)),
  }
}

const syncCount = 100

/** What it costs to have 4 KiB on disk, in a file that is there already, as a write-ahead log mostly is. */
function measureSyncs(file: string): number[] {
  const page = Buffer.alloc(4096)
  fs.writeFileSync(file, Buffer.alloc(page.length * syncCount))
  const fd = fs.openSync(file, 'r+')
  fs.fsyncSync(fd)
  const samples = Array.from({ length: syncCount }, (_, number) => {
    fs.writeSync(fd, page, 0, page.length, number * page.length)
    const start = performance.now()
    fs.fdatasyncSync(fd)
    return performance.now() - start
  })
  fs.closeSync(fd)
  fs.rmSync(file)
  return samples
}
