import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A test, or whatever else ends and cleans up behind it. */
export type Cleaner = { after(clean: () => void | Promise<void>): void }

/** A folder of the test's own; it goes when the test ends. `disk`: on a real one, where a sync costs what it costs. */
export function tempFolder(t: Cleaner, { disk = false } = {}): string {
  const folder = makeTempFolder(disk ? os.tmpdir() : quickest())
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function makeTempFolder(base = quickest()): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(base, 'sparkq-test-')))
}

/** In memory where there is room: most tests ask for meaning, and every commit is a sync. */
function quickest(): string {
  const memory = '/dev/shm'
  try {
    fs.accessSync(memory, fs.constants.W_OK)
    const { bavail, bsize } = fs.statfsSync(memory)
    return bavail * bsize > 512 * 1024 * 1024 ? memory : os.tmpdir()
  } catch {
    return os.tmpdir()
  }
}

/** Writes files into a folder, by their path in it; a text that begins with `#!` is made executable. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
  }
}

/** For what still writes into a folder while it stops, after the folder's own clean-up: stops it, then removes all. */
export async function stopThenRemove(stop: () => Promise<void>, folder: string): Promise<void> {
  await stop()
  fs.rmSync(folder, { recursive: true, force: true })
}
