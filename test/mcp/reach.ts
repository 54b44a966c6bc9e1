import assert from 'node:assert/strict'
import path from 'node:path'
import { type CallToolResult, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Api } from '../../src/contract/api.ts'
import { createMcpDoor } from '../../src/mcp/http.ts'
import { readPlaybook } from '../../src/playbook.ts'
import type { Site } from '../cli/run-cli.ts'
import { type Serving, serve } from '../http/serve.ts'
import type { Cleaner } from '../support/folder.ts'

export const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

/** How the official client may reach a project: by which transport, speaking which revision. */
export type Reach = { name: string; connect(t: Cleaner, site: Site): Promise<Client> }

const modes = { '2025-11-25': 'legacy', '2026-07-28': { pin: '2026-07-28' } } as const

export const reaches: readonly Reach[] = (['stdio', 'http'] as const).flatMap(transport =>
  (Object.keys(modes) as (keyof typeof modes)[]).map(revision => ({
    name: `${transport}, ${revision}`,
    connect: async (t: Cleaner, site: Site) => {
      const client = newClient(revision)
      const way = transport === 'stdio' ? overStdio(site) : overHttp((await serveMcp(t, site)).url)
      // Before the server and the folder go.
      await client.connect(way)
      t.after(() => client.close())
      return client
    },
  })),
)

export const newClient = (revision: keyof typeof modes = '2025-11-25'): Client =>
  new Client({ name: 'test-client', version: '1' }, { versionNegotiation: { mode: modes[revision] } })

export const overHttp = (url: string): StreamableHTTPClientTransport =>
  new StreamableHTTPClientTransport(new URL('/mcp', url))

export function overStdio(
  { folder, env }: Pick<Site, 'folder' | 'env'>,
  { args = [], more = {} }: { args?: string[]; more?: Record<string, string> } = {},
): StdioClientTransport {
  return new StdioClientTransport({
    command: process.execPath,
    args: [door, 'mcp', ...args],
    cwd: folder,
    env: { ...(env as Record<string, string>), ...more },
    stderr: 'pipe',
  })
}

/** A client of `sparkq mcp`. */
export async function connectOverStdio(
  t: Cleaner,
  site: Pick<Site, 'folder' | 'env'>,
  more?: Parameters<typeof overStdio>[1],
): Promise<Client> {
  const client = newClient()
  await client.connect(overStdio(site, more))
  t.after(() => client.close())
  return client
}

/** The project's API over HTTP, with `/mcp`. */
export function serveMcp(t: Cleaner, { core, folder }: Pick<Site, 'core' | 'folder'>): Promise<Serving> {
  const api: Api = core
  return serve(t, api, {
    mcp: async () =>
      createMcpDoor({
        use: action => action(api),
        readPlaybook: () => readPlaybook({ root: folder }),
        version: '0.0.0-test',
        onBug: error => {
          throw error
        },
      }),
  })
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into it in passing, and fail where it is otherwise
export type Data = Record<string, any>

/** Calls a tool that must not refuse; answers what it says to programs, and its text. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<{ data: Data; text: string }> {
  const result = (await client.callTool({ name, arguments: args })) as CallToolResult
  assert.notEqual(result.isError, true, textOf(result))
  return { data: result.structuredContent as Data, text: textOf(result) }
}

/** Calls a tool that must refuse; answers what it says. */
export async function refusal(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const result = (await client.callTool({ name, arguments: args })) as CallToolResult
  assert.equal(result.isError, true, `was not refused: ${textOf(result)}`)
  return textOf(result)
}

export function textOf({ content }: CallToolResult): string {
  return content.map(it => (it.type === 'text' ? it.text : '')).join('\n')
}
