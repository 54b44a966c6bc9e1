import type { FastifyInstance } from 'fastify'
import { docsPage } from './docs-page.ts'
import { homePage, homeScript } from './home-page.ts'
import { buildOpenApi } from './openapi.ts'
import { style } from './style.ts'

/** What people and their tools read: the interim home page, and the API's own description. */
export function addPages(app: FastifyInstance, version: string): void {
  const addText = (url: string, type: string, make: () => string) => {
    let text: string | undefined
    app.get(url, async (_request, reply) => {
      // Made when it is first asked for: a start does not wait for it.
      text ??= make()
      return reply.type(type).send(text)
    })
  }
  const html = 'text/html; charset=utf-8'
  addText('/ui/', html, homePage)
  addText('/ui/style.css', 'text/css; charset=utf-8', () => style)
  addText('/ui/home.js', 'text/javascript; charset=utf-8', () => homeScript)
  addText('/docs', html, () => docsPage(buildOpenApi(version)))
  addText('/openapi.json', 'application/json; charset=utf-8', () => openApiText(version))
  for (const url of ['/', '/ui']) app.get(url, async (_request, reply) => reply.redirect('/ui/', 308))
}

/** The document as it is served, and as it lies in `docs/`. */
export const openApiText = (version: string): string => `${JSON.stringify(buildOpenApi(version), null, 2)}\n`
