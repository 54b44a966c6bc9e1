import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Strict } from './fields.ts'

/** A git work tree at one moment; `head` is null before the first commit. */
const TreeState = Strict({ head: Nullable(Type.String()), dirty: Type.Boolean() })
const lines = Nullable(Type.Integer({ minimum: 0, description: 'null: it is no text' }))

const ofChanges = {
  before: TreeState,
  after: TreeState,
  branch: Nullable(Type.String()),
  worktree: Nullable(Type.String({ description: 'path of the lane’s own work tree' })),
  commits: Type.Array(Strict({ id: Type.String(), subject: Type.String() })),
  files: Type.Array(Strict({ path: Type.String(), added: lines, deleted: lines })),
  shared: Type.Boolean({ description: 'another task ran in the same tree meanwhile' }),
  patch_bytes: Type.Integer({ minimum: 0, description: 'of the whole patch' }),
  cut: Type.Boolean({ description: 'the patch is not kept whole' }),
}

/** The most of a patch that is kept, in characters. */
export const longestPatch = 1_048_576

/** What an attempt changed in its git work tree, as whoever watched it saw it. */
export const ChangesInput = Strict({ ...ofChanges, patch: Type.String({ maxLength: longestPatch }) })
export type ChangesInput = Static<typeof ChangesInput>

export const Changes = Type.Object(ofChanges)
export type Changes = Static<typeof Changes>
