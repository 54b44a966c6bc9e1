import type { OutputStream } from '../../src/contract/attempts.ts'

/** Where a line lies in its stream. `look` is a number that its owner gave; `at` is in ms since 1970. */
export type IndexedLine = {
  stream: OutputStream
  offset: number
  length: number
  hasEscapes: boolean
  isHole: boolean
  look: number
  at: number
}

const blockLines = 1 << 15

type Block = { offsets: Float64Array; lengths: Float64Array; infos: Uint32Array; times: Float64Array }

const bits = { stderr: 1, escapes: 2, hole: 4 }
const lookShift = 3

/** Lines by number from 0, in 28 bytes each: a million of them are 28 MB, without what they say. */
export class LineIndex {
  #blocks: Block[] = []
  size = 0

  /** @returns its number */
  add({ stream, offset, look, at, isHole = false }: NewLine): number {
    const number = this.size++
    if (number % blockLines === 0) this.#blocks.push(newBlock())
    const [block, within] = this.#find(number)
    block.offsets[within] = offset
    block.times[within] = at
    block.infos[within] =
      (look << lookShift) | (stream === 'stderr' ? bits.stderr : 0) | (isHole ? bits.hole : 0)
    return number
  }

  extend(number: number, bytes: number, hasEscapes: boolean): void {
    const [block, within] = this.#find(number)
    block.lengths[within] = (block.lengths[within] as number) + bytes
    if (hasEscapes) block.infos[within] = (block.infos[within] as number) | bits.escapes
  }

  get(number: number): IndexedLine {
    const [block, within] = this.#find(number)
    const info = block.infos[within] as number
    return {
      stream: info & bits.stderr ? 'stderr' : 'stdout',
      offset: block.offsets[within] as number,
      length: block.lengths[within] as number,
      hasEscapes: (info & bits.escapes) !== 0,
      isHole: (info & bits.hole) !== 0,
      look: info >>> lookShift,
      at: block.times[within] as number,
    }
  }

  #find(number: number): [Block, number] {
    const block = this.#blocks[Math.floor(number / blockLines)]
    if (!block) throw new RangeError(`there is no line ${number}`)
    return [block, number % blockLines]
  }
}

type NewLine = Pick<IndexedLine, 'stream' | 'offset' | 'look' | 'at'> & { isHole?: boolean }

const newBlock = (): Block => ({
  offsets: new Float64Array(blockLines),
  lengths: new Float64Array(blockLines),
  infos: new Uint32Array(blockLines),
  times: new Float64Array(blockLines),
})
