import fs from 'node:fs'
import path from 'node:path'
import { invalid, SparkqError } from '../contract/errors.ts'
import { payloadSchema, type ScriptPayload, type ToolKind } from '../contract/payloads.ts'
import { findErrors } from '../contract/validate.ts'
import { readHeader, type ScriptHeader } from '../scripts/header.ts'
import { runByBash } from '../scripts/other-language.ts'
import type { Context } from './context.ts'
import { kindOfTool } from './tools.ts'

type Payload = Record<string, unknown>

const examples: Record<ToolKind, string> = {
  bash: `{"script_path": "scripts/x.sh", "args": ["a"]} or {"command": "make test"}`,
  python: `{"script_path": "scripts/x.py", "args": ["a"]} or {"code": "print(1)"}`,
  prompt: `{"prompt": "Fix the login test"}`,
  other: '{}',
}

/**
 * Refuses a payload that its tool could not run, and reads what its script says of itself.
 * @returns the script's header; undefined where the payload names no script
 */
export function checkPayload(ctx: Context, toolName: string, payload: Payload): ScriptHeader | undefined {
  const kind = kindOfTool(ctx, toolName)
  const schema = payloadSchema(kind, payload)
  const errors = schema ? findErrors(schema, payload) : []
  if (errors[0]) {
    const place = errors[0].pointer.slice(1).replaceAll('/', '.') || 'payload'
    throw invalid(`This is no payload for ${toolName}: ${place} ${errors[0].detail}.`, {
      hint: `a payload of ${toolName}: ${examples[kind]}`,
      errors: errors.map(error => ({ ...error, pointer: `/payload${error.pointer}` })),
    })
  }
  if (typeof payload.cwd === 'string') requireFolder(ctx, payload.cwd)
  return typeof payload.script_path === 'string' ? requireScript(ctx, payload.script_path) : undefined
}

/**
 * A script that is given less than it says it needs. A warning, not a refusal: the header may be older than the script,
 * and inputs may come on other ways than as arguments; one in the payload's environment counts.
 */
export function missingInputs({ inputs }: ScriptHeader, payload: Payload): string[] {
  const { script_path, args = [], env = {} } = payload as Partial<ScriptPayload>
  const needed = inputs.filter(it => it.required).map(it => it.name)
  const inEnv = Object.keys(env).map(name => name.toLowerCase())
  const given = args.length + needed.filter(name => inEnv.includes(name.toLowerCase())).length
  if (given >= needed.length) return []
  return [
    `${script_path}: it says that it needs ${needed.join(', ')}; this task gives it ${given || 'nothing'}.`,
  ]
}

/** A script in another language that bash will run, for want of what would start its own interpreter. */
export function wrongInterpreter(ctx: Context, toolName: string, payload: Payload): string[] {
  const { script_path } = payload as Partial<ScriptPayload>
  if (script_path === undefined || kindOfTool(ctx, toolName) !== 'bash') return []
  const warning = runByBash(path.resolve(ctx.projectRoot, script_path), script_path)
  return warning === undefined ? [] : [warning]
}

/** What the script might have been, `withNearestScript` adds: that takes longer than a transaction may. */
function requireScript(ctx: Context, scriptPath: string): ScriptHeader {
  const file = path.resolve(ctx.projectRoot, scriptPath)
  const stat = statOf(file)
  if (!(stat instanceof Error) && stat.isFile()) return readHeaderOf(file, scriptPath)
  const isMissing = stat instanceof Error
  throw invalid(isMissing ? `There is no script "${scriptPath}".` : `"${scriptPath}" is not a file.`, {
    hint: `ls ${path.dirname(file)}`,
    errors: [{ pointer: '/payload/script_path', detail: 'is not an existing file' }],
    ...(isMissing ? { cause: stat } : {}),
  })
}

function readHeaderOf(file: string, scriptPath: string): ScriptHeader {
  try {
    return readHeader(file, scriptPath)
  } catch (error) {
    throw new SparkqError(
      'invalid',
      `The script "${scriptPath}" cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      {
        hint: `ls -l ${file}`,
        cause: error,
      },
    )
  }
}

function requireFolder(ctx: Context, cwd: string): void {
  const folder = path.resolve(ctx.projectRoot, cwd)
  const stat = statOf(folder)
  if (!(stat instanceof Error) && stat.isDirectory()) return
  throw invalid(`There is no folder "${cwd}" to run in.`, {
    hint: `ls -d ${folder}`,
    errors: [{ pointer: '/payload/cwd', detail: 'is not an existing folder' }],
  })
}

/** An error: there is no such thing, or there cannot be (a name too long, a NUL in it). */
function statOf(file: string): fs.Stats | Error {
  try {
    return fs.statSync(file)
  } catch (error) {
    return error as Error
  }
}
