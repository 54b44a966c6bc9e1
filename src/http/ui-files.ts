import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the web UI as it is served. */
export type UiFile = { url: string; type: string; body: Buffer }
export type Ui = { index: Buffer; assets: UiFile[] }

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * What the build has made of `web/`, whole in memory: no path that a caller sends is ever opened, and what is built anew
 * meanwhile does not mix with it. undefined: nothing is built, as in a checkout whose sources run as they are.
 */
export function readUi(): Ui | undefined {
  const folder = places.find(place => fs.existsSync(path.join(place, 'index.html')))
  if (folder === undefined) return undefined
  const assets = path.join(folder, 'assets')
  return {
    index: fs.readFileSync(path.join(folder, 'index.html')),
    assets: fs.readdirSync(assets).map(name => ({
      url: `/ui/assets/${name}`,
      type: types[path.extname(name)] ?? 'application/octet-stream',
      body: fs.readFileSync(path.join(assets, name)),
    })),
  }
}

/** Beside the bundle that this is a part of, or where the checkout's sources find it. */
const places = ['./ui', '../../dist/ui'].map(place => fileURLToPath(new URL(place, import.meta.url)))
