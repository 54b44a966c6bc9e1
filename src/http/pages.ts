import type { FastifyInstance } from 'fastify'
import { unusable } from '../contract/errors.ts'
import { pageAddresses } from '../contract/page-addresses.ts'
import { docsPage } from './docs-page.ts'
import { buildOpenApi } from './openapi.ts'
import { style } from './style.ts'
import { readUi } from './ui-files.ts'

/** What people and their tools read: the web UI, and the API's own description. */
export function addPages(app: FastifyInstance, version: string): void {
  addUi(app)
  const addText = (url: string, type: string, make: () => string) => {
    let text: string | undefined
    app.get(url, async (_request, reply) => {
      // Made when it is first asked for: a start does not wait for it.
      text ??= make()
      return reply.type(type).send(text)
    })
  }
  addText('/docs', html, () => docsPage(buildOpenApi(version)))
  addText('/docs.css', 'text/css; charset=utf-8', () => style)
  addText('/openapi.json', 'application/json; charset=utf-8', () => openApiText(version))
}

const html = 'text/html; charset=utf-8'

/** The page is the same at each of its addresses; what it shows of them, its script decides. */
function addUi(app: FastifyInstance): void {
  const ui = readUi()
  for (const url of Object.values(pageAddresses)) {
    app.get(url, async (_request, reply) => {
      if (!ui)
        throw unusable('The pages of the web UI have not been built in this checkout.', 'npm run build')
      return reply.type(html).send(ui.index)
    })
  }
  for (const { url, type, body } of ui?.assets ?? []) {
    app.get(url, async (_request, reply) => {
      // Its name changes with what it holds.
      return reply.type(type).header('Cache-Control', 'public, max-age=31536000, immutable').send(body)
    })
  }
  for (const url of ['/', '/ui']) app.get(url, async (_request, reply) => reply.redirect('/ui/', 308))
}

/** The document as it is served, and as it lies in `docs/`. */
export const openApiText = (version: string): string => `${JSON.stringify(buildOpenApi(version), null, 2)}\n`
