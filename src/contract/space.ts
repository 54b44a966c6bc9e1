import { type Static, Type } from '@sinclair/typebox'

/** A disk that has too little room for work to begin: `free` and `needed` in bytes, and a folder that lies on it. */
export const Space = Type.Object({
  folder: Type.String(),
  free: Type.Integer(),
  needed: Type.Integer(),
})
export type Space = Static<typeof Space>
