import fs from 'node:fs'

/**
 * Calls back when a file in the folder is written, made or removed. Where watching is not to be had (inotify limits,
 * network file systems) it does nothing: every caller has a slow poll underneath.
 * @returns how to stop
 */
export function watchFolder(folder: string, onFile: (name: string | null) => void): () => void {
  try {
    const watcher = fs.watch(folder, (_event, name) => onFile(name))
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => {}
  }
}
