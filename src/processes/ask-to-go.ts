/**
 * Asks a process of ours to go (SIGTERM). One that has just gone by itself is no error.
 * @throws the system's error, EPERM, where it may not be asked by us
 */
export function askToGo(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
