import type { IncomingMessage } from 'node:http'
import { checkPage } from './browser.ts'
import { type Callers, checkCaller } from './caller.ts'
import { checkContent } from './content.ts'
import { type Names, namesUs, parseHost } from './host.ts'
import { quoted, type Refusal, refuse } from './refusal.ts'
import { checkPath, readTarget, type Target } from './target.ts'

export type Rules = Names & Callers & { access: 'local' | 'open'; maxBodyBytes: number }

/** The whole order of checks. undefined: it may come in. Never throws, whatever was sent. */
export function judge(request: IncomingMessage, rules: Rules): Refusal | undefined {
  if (request.rawHeaders.length > 2 * mostHeaders)
    return refuse('too_large', 'The request has too many headers.')
  const target = readTarget(request)
  if ('reason' in target) return checkHost(request, undefined, rules) ?? target
  return (
    checkHost(request, target, rules) ??
    checkSingle(request) ??
    checkPath(target.path) ??
    checkPage(request, target.path, rules) ??
    checkContent(request, target.path, rules.maxBodyBytes) ??
    (rules.access === 'open' ? undefined : checkCaller(request, target.path, rules))
  )
}

// Beyond a number that differs by version, Node drops headers without a word, and of those that a proxy adds at the
// end we would not hear. Browsers and proxies send a few dozen.
const mostHeaders = 200

// An absolute-form target goes before `Host` (RFC 9112, 3.2.2). Which of the two a layer behind us reads must not
// matter: both have to be ours.
function checkHost(request: IncomingMessage, target: Target | undefined, names: Names): Refusal | undefined {
  const sent = valuesOf(request, 'host')
  const [host] = sent
  if (!host) return refuse('malformed', 'The request has no Host header.')
  if (sent.length > 1) return refuse('malformed', 'The request has more than one Host header.')
  const asked = target?.authority === undefined ? [host] : [target.authority, host]
  const foreign = asked.find(text => {
    const parsed = parseHost(text)
    return !parsed || !namesUs(parsed, names)
  })
  return foreign === undefined ? undefined : notOurs(foreign, names)
}

const notOurs = (host: string, names: Names): Refusal =>
  refuse(
    'host',
    `The request is for ${quoted(host)}, which is not known as a name of this server on port ${names.port()}. If it is one, add it to server.allowed_hosts in sparkq.yml.`,
  )

/** Headers that decide something. Sent twice, each layer would choose for itself which one to believe. */
const deciding = [
  'origin',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'content-type',
  'content-length',
  'transfer-encoding',
  'authorization',
  'expect',
]

function checkSingle(request: IncomingMessage): Refusal | undefined {
  const doubled = deciding.find(name => valuesOf(request, name).length > 1)
  if (doubled) return refuse('malformed', `The request has more than one ${doubled} header.`)
  const { headers } = request
  return headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined
    ? refuse('malformed', 'The request has a content-length and a transfer-encoding header.')
    : undefined
}

const valuesOf = ({ rawHeaders }: IncomingMessage, name: string): string[] =>
  rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name)
