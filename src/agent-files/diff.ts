/** Lines that are kept around what changes. */
const around = 2

/** The lines that change from `before` to `after`, with their neighbours: ` `, `-` or `+` stands before each. */
export function diffLines(before: string, after: string): string[] {
  const all = align(linesOf(before), linesOf(after))
  const isNear = (index: number): boolean =>
    all.slice(Math.max(0, index - around), index + around + 1).some(line => line[0] !== ' ')
  return all.flatMap((line, index) => {
    if (isNear(index)) return [line]
    return index > 0 && isNear(index - 1) && all.slice(index).some(it => it[0] !== ' ') ? ['  …'] : []
  })
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

/** By the longest common subsequence of what is left between a common beginning and a common end. */
function align(a: string[], b: string[]): string[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const kept = (lines: string[]): string[] => lines.map(line => `  ${line}`)
  return [...kept(a.slice(0, head)), ...between(x, y), ...kept(a.slice(a.length - tail))]
}

function between(x: string[], y: string[]): string[] {
  const longest = Array.from({ length: x.length + 1 }, () => new Uint32Array(y.length + 1))
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      const row = longest[i] as Uint32Array
      row[j] = x[i] === y[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: string[] = []
  for (let i = 0, j = 0; i < x.length || j < y.length; ) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      lines.push(`  ${x[i++]}`)
      j++
    } else if (i < x.length && (j === y.length || at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${x[i++]}`)
    else lines.push(`+ ${y[j++]}`)
  }
  return lines
}
