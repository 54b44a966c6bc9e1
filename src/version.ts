import { readFileSync } from 'node:fs'

/** Put in by the bundler. */
declare const SPARKQ_VERSION: string

/** The version of this SparkQ, as in its package.json. */
export const version: string =
  typeof SPARKQ_VERSION === 'string'
    ? SPARKQ_VERSION
    : JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
