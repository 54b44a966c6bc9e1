/** `3 tasks`, `1 task`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export const and = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** What was left out, or is there: `12 KB`, `0.4 MB`, `9.4 MB`, `31 MB`; never none for some. */
export function megabytes(bytes: number): string {
  const mb = bytes / (1024 * 1024)
  if (mb < 0.1) return `${Math.ceil(bytes / 1024)} KB`
  return `${mb.toFixed(mb < 10 ? 1 : 0)} MB`
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13
  const ending = teen ? undefined : ({ 1: 'st', 2: 'nd', 3: 'rd' } as Record<number, string>)[number % 10]
  return `${number}${ending ?? 'th'}`
}

/** What an agent reckons that it cost: `$12.30`, `$0.0042`; never nothing for something. */
export function usd(dollars: number): string {
  if (dollars === 0 || dollars >= 0.01) return `$${dollars.toFixed(2)}`
  return dollars < 0.0001 ? '<$0.0001' : `$${dollars.toFixed(4)}`
}
