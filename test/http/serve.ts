import type { Api } from '../../src/contract/api.ts'
import { createGuard, type Guard, type GuardOptions } from '../../src/http/guard/guard.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../src/http/server.ts'
import type { Cleaner } from '../support/folder.ts'

export type Serving = { server: HttpServer; url: string; port: number; errors: unknown[] }

type ServeOptions = Partial<HttpServerOptions> & { port?: number; allowedHosts?: string[] }

/** A real server over an Api, behind the real guard, on a port of its own, until the test ends. */
export async function serve(t: Cleaner, api: Api, options: ServeOptions = {}): Promise<Serving> {
  const errors: unknown[] = []
  const { port: wanted = 0, allowedHosts = [], ...rest } = options
  const server: HttpServer = await createHttpServer({
    api,
    guard: guardOf(() => server, {
      allowedHosts,
      maxBodyBytes: rest.bodyLimit ?? 8 * 1024 * 1024,
      onError: error => errors.push(error),
    }),
    version: '0.0.0-test',
    onError: error => errors.push(error),
    ...rest,
  })
  t.after(() => server.close())
  const { port } = await server.listen({ host: '127.0.0.1', port: wanted })
  return { server, port, url: `http://127.0.0.1:${port}`, errors }
}

function guardOf(
  server: () => HttpServer,
  options: Pick<GuardOptions, 'allowedHosts' | 'maxBodyBytes' | 'onError'>,
): Guard {
  const port = () => server().address()?.port ?? 0
  return createGuard({ access: 'local', token: () => undefined, port, ...options })
}
