import { hostname, networkInterfaces } from 'node:os'

/**
 * What docs/facts say of a request, by what its parts mean: nothing is parsed here, so nothing can be parsed wrong in
 * the same way as in the guard.
 */
export type HostCase = { text: string | string[] | undefined; is: 'ours' | 'foreign' | 'not one' }
export type OriginCase = { text: string | undefined; is: 'absent' | 'own' | 'foreign' }
export type FetchCase = { site?: string; mode?: string; dest?: string }
export type TypeCase = { text: string | undefined; isJson: boolean }
export type Case = {
  host: HostCase
  origin: OriginCase
  fetch: FetchCase
  method: string
  type: TypeCase
  path: { text: string; isPage: boolean }
}

/** 200: it comes in. */
export function expected({ host, origin, fetch, method, type, path }: Case): number {
  if (host.is === 'not one') return 400
  if (host.is === 'foreign') return 403
  const isLink = method === 'GET' && fetch.mode === 'navigate' && fetch.dest === 'document' && path.isPage
  if (fetch.site !== undefined) {
    const reads = method === 'GET' || method === 'HEAD'
    if (!(fetch.site === 'same-origin' || (fetch.site === 'none' && reads) || isLink)) return 403
  } else if (origin.is === 'foreign') return 403
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return 200
  return type.isJson ? 200 : 415
}

const ours = (text: string): HostCase => ({ text, is: 'ours' })
const foreign = (text: string): HostCase => ({ text, is: 'foreign' })

export function ownAddresses(): string[] {
  const infos = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  return infos
    .filter(({ address }) => !address.startsWith('fe80'))
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))
}

/** `sparkq.example` and `tunnel.example:8443` are the allowed hosts. */
export const hosts = (port: number): HostCase[] => [
  ours(`localhost:${port}`),
  ours(`LocalHost:${port}`),
  ours(`localhost.:${port}`),
  ours(`a.b.localhost:${port}`),
  ours(`127.0.0.1:${port}`),
  ours(`127.8.9.10:${port}`),
  ours(`[::1]:${port}`),
  ours(`[0:0:0:0:0:0:0:1]:${port}`),
  ours(`[::ffff:127.0.0.1]:${port}`),
  ours(`${hostname()}:${port}`),
  ...ownAddresses().map(address => ours(`${address}:${port}`)),
  ours(`sparkq.example:${port}`),
  ours('sparkq.example'),
  ours('tunnel.example:8443'),
  foreign('localhost'),
  foreign(`localhost:${port + 1}`),
  foreign(`localhost:0${port}`),
  foreign('localhost:'),
  foreign('127.0.0.1'),
  foreign('[::1]'),
  foreign(`evil.test:${port}`),
  foreign(`localhost.evil.test:${port}`),
  foreign(`evillocalhost:${port}`),
  foreign(`localhost..:${port}`),
  foreign(`.localhost:${port}`),
  foreign(`localhost:${port}@evil.test`),
  foreign(`evil.test@localhost:${port}`),
  foreign(`evil.test:x@localhost:${port}`),
  foreign(`localhost:${port}.evil.test`),
  foreign(`localhost:${port},evil.test`),
  foreign(`localhost:${port}/evil`),
  foreign(`localhost:${port} evil.test`),
  foreign(`http://localhost:${port}`),
  foreign(`127.1:${port}`),
  foreign(`2130706433:${port}`),
  foreign(`0x7f000001:${port}`),
  foreign(`0177.0.0.1:${port}`),
  foreign(`127.0.0.1.:${port}`),
  foreign(`127.0.0.1.evil.test:${port}`),
  foreign(`0.0.0.0:${port}`),
  foreign(`[::]:${port}`),
  foreign(`[::1%25lo]:${port}`),
  foreign(`[::1:${port}`),
  foreign(`::1:${port}`),
  foreign(`[127.0.0.1]:${port}`),
  foreign(`203.0.113.7:${port}`),
  foreign(`loc%61lhost:${port}`),
  foreign(`localhost\xe3\x80\x82:${port}`),
  foreign(`sparkq.example:${port + 1}`),
  foreign(`a.sparkq.example:${port}`),
  foreign('tunnel.example'),
  foreign('tunnel.example:08443'),
  foreign(`tunnel.example:${port}`),
  foreign('*'),
  { text: undefined, is: 'not one' },
  { text: '', is: 'not one' },
  { text: [`localhost:${port}`, `localhost:${port}`], is: 'not one' },
  { text: [`localhost:${port}`, 'evil.test'], is: 'not one' },
  { text: ['evil.test', `localhost:${port}`], is: 'not one' },
]

const own = (text: string): OriginCase => ({ text, is: 'own' })
const other = (text: string): OriginCase => ({ text, is: 'foreign' })

export const origins = (port: number): OriginCase[] => [
  { text: undefined, is: 'absent' },
  own(`http://localhost:${port}`),
  own(`http://app.localhost:${port}`),
  own(`http://127.0.0.1:${port}`),
  own(`http://[::1]:${port}`),
  own('https://sparkq.example'),
  own(`http://sparkq.example:${port}`),
  own('https://tunnel.example:8443'),
  other('null'),
  other(''),
  other('http://localhost'),
  other(`http://localhost:${port + 1}`),
  other(`https://localhost:${port}`),
  other(`HTTP://localhost:${port}`),
  other(`http://LOCALHOST:${port}`),
  other(`http://localhost:${port}/`),
  other(`http://localhost:${port}.evil.test`),
  other(`http://localhost:${port}@evil.test`),
  other(`http://evil.test@localhost:${port}`),
  other(`http://evil.test:${port}`),
  other(`http://foo.999:${port}`),
  other(`http://127.1:${port}`),
  other(`http://[0:0:0:0:0:0:0:1]:${port}`),
  other(`http://localhost:${port} http://evil.test`),
  other(`ftp://localhost:${port}`),
  other(`chrome-extension://localhost:${port}`),
  other('file://'),
  other('https://sparkq.example:8443'),
  other('https://tunnel.example'),
]

const sites = [
  undefined,
  'same-origin',
  'same-site',
  'cross-site',
  'none',
  'Same-Origin',
  'same-origin, none',
  '',
]
const modes: FetchCase[] = [
  {},
  { mode: 'navigate', dest: 'document' },
  { mode: 'navigate', dest: 'iframe' },
  { mode: 'cors', dest: 'empty' },
  { mode: 'no-cors', dest: 'image' },
  { mode: 'websocket', dest: 'document' },
]
export const fetches: FetchCase[] = sites.flatMap(site =>
  modes.map(mode => ({ ...(site !== undefined && { site }), ...mode })),
)

export const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']

export const types: TypeCase[] = [
  { text: 'application/json', isJson: true },
  { text: 'Application/JSON; charset=utf-8', isJson: true },
  { text: undefined, isJson: false },
  { text: '', isJson: false },
  { text: 'text/plain', isJson: false },
  { text: 'text/plain; application/json', isJson: false },
  { text: 'application/x-www-form-urlencoded', isJson: false },
  { text: 'multipart/form-data; boundary=x', isJson: false },
  { text: 'application/jsonp', isJson: false },
  { text: 'text/plain, application/json', isJson: false },
  { text: 'application/json, text/plain', isJson: false },
]

export const paths = [
  { text: '/api/tasks', isPage: false },
  { text: '/', isPage: true },
  { text: '/ui/tasks/AUTH-7?tab=output', isPage: true },
  { text: '/uix', isPage: false },
  { text: '/nothing/here', isPage: false },
]
