import type { IncomingMessage } from 'node:http'
import { isOurOrigin, type Names } from './host.ts'
import { quoted, type Refusal, refuse } from './refusal.ts'
import { isPage } from './target.ts'

/** What a browser says of the page that asks. Programs say nothing; a page cannot forge or leave out these headers. */
export function checkPage(request: IncomingMessage, path: string, names: Names): Refusal | undefined {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return passes(String(site), request, path) ? undefined : crossSite(String(site))
  if (origin === undefined || isOurOrigin(origin, names)) return undefined
  return refuse(
    'origin',
    `A page of another origin (${quoted(origin)}) may not ask SparkQ. If it is SparkQ behind a name or port of its own, add that to server.allowed_hosts in sparkq.yml.`,
  )
}

function passes(site: string, request: IncomingMessage, path: string): boolean {
  if (site === 'same-origin') return true
  if (site === 'none' && (request.method === 'GET' || request.method === 'HEAD')) return true
  return isLinkToPage(request, path)
}

// Links in a chat or mail lead to our pages. They hold no data and cannot be framed, so nothing is learned or done.
const isLinkToPage = ({ method, headers }: IncomingMessage, path: string): boolean =>
  method === 'GET' &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document' &&
  isPage(path)

// `same-site` is hostile here: all ports of localhost are one site.
const crossSite = (site: string): Refusal =>
  refuse(
    'cross_site',
    site === 'none'
      ? 'A browser may change something only from a page of SparkQ itself. Open /ui/.'
      : `A page of another site or port may not ask SparkQ (Sec-Fetch-Site: ${quoted(site)}). Open /ui/ itself.`,
  )
