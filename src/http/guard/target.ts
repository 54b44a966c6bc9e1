import type { IncomingMessage } from 'node:http'
import { type Refusal, refuse } from './refusal.ts'

/**
 * @property authority the host of an absolute-form target (`GET http://host/path`), which proxies are asked with
 * @property path      as sent, not decoded
 * @property query     with its question mark, or empty
 */
export type Target = { authority: string | undefined; path: string; query: string }

export function readTarget(request: IncomingMessage): Target | Refusal {
  const url = request.url ?? ''
  const absolute = /^http:\/\/([^/?#]*)(.*)$/i.exec(url)
  const [, authority, rest] = absolute ?? [undefined, undefined, url]
  // `http://host?query` has no path of its own.
  const target = rest.startsWith('/') || !absolute ? rest : `/${rest}`
  if (!target.startsWith('/'))
    return refuse('malformed', 'The request must ask for a path that begins with "/".')
  if (!/^[\x21-\x7e]*$/.test(target) || target.includes('#')) {
    return refuse('path', 'The address holds characters that must be percent-encoded.')
  }
  const end = target.indexOf('?')
  return end < 0
    ? { authority, path: target, query: '' }
    : { authority, path: target.slice(0, end), query: target.slice(end) }
}

/**
 * Refused is whatever one layer behind us might read differently from another: Vite's CVE-2025-30208 was two of them
 * parsing one path. Decoded once, as the router does it; what is still encoded then is a name with a percent sign in it.
 */
export function checkPath(path: string): Refusal | undefined {
  const fault = faultOf(path)
  return fault === undefined ? undefined : refuse('path', `The path ${fault}. Ask for it as it is listed.`)
}

function faultOf(path: string): string | undefined {
  if (path.includes('//')) return 'holds an empty segment'
  for (const segment of path.split('/')) {
    const decoded = decode(segment)
    if (decoded === undefined) return 'is not percent-encoded UTF-8'
    if (decoded === '.' || decoded === '..') return 'holds a dot segment'
    if (/[/\\]/.test(decoded)) return 'holds a backslash or an encoded slash'
    if (decoded.includes('\0')) return 'holds a NUL'
  }
  return undefined
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** Pages and their assets: static files that hold no data. Everything else may. */
export const isPage = (path: string): boolean => path === '/' || path === '/ui' || path.startsWith('/ui/')

/** Where MCP is spoken. */
export const mcpPath = '/mcp'
