import { unusable } from '../contract/errors.ts'
import { findPortHolder } from './port-holder.ts'

const longestCommand = 200

/** Turns what the system says about an address that cannot be listened on into a sentence. */
export function explainListenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  const otherPort = '--port 0                        takes a free one\nedit server.port in sparkq.yml'
  switch (code) {
    case 'EADDRINUSE':
      return unusable(`Port ${port} is taken ${byWhom(port)}.`, otherPort, error)
    case 'EACCES':
    case 'EPERM':
      return unusable(`Port ${port} may not be used: those below 1024 are the system's.`, otherPort, error)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return unusable(
        `"${host}" is no address of this machine (${code}).`,
        'edit server.host in sparkq.yml: 127.0.0.1, 0.0.0.0 or an address of this machine',
        error,
      )
    default:
      return error
  }
}

/** `by process 4711 (node …)`, in a sentence about a port that is taken. */
export function byWhom(port: number): string {
  const holder = findPortHolder(port)
  if (!holder) return 'by a process that cannot be seen from here'
  const { pid, command } = holder
  return `by process ${pid}${command === null ? '' : ` (${command.slice(0, longestCommand)})`}`
}
