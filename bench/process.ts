import fs from 'node:fs'

/** CPU time of all threads so far. Linux only, as all of this. */
export function cpuMs(pid: number): number {
  const threads = fs.readdirSync(`/proc/${pid}/task`)
  // The first field of schedstat: nanoseconds on a CPU.
  const ns = threads.map(tid =>
    Number(fs.readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]),
  )
  return ns.reduce((sum, one) => sum + one, 0) / 1e6
}

/** Memory that is its own and in RAM, in MiB: without the pages of files, as those of the database are. */
export function memoryMiB(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

export const openFiles = (pid: number): number => fs.readdirSync(`/proc/${pid}/fd`).length
