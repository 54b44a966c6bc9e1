/** Polls until there is something; the limit is for a machine that is stuck, not for one that is slow. */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const value = await look()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
