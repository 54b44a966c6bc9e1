/** What an id begins with, by the table it lives in. No name may begin with one of these. */
export const idPrefixes = {
  project: 'prj_',
  session: 'ses_',
  queue: 'que_',
  task: 'tsk_',
  prompt: 'prm_',
  runner: 'run_',
  conversation: 'cnv_',
  question: 'qst_',
} as const

export type IdKind = keyof typeof idPrefixes

// Without vowels and look-alikes: an id never spells a word, and reads aloud.
const alphabet = '0123456789bcdfghjkmnpqrstvwxyz'

/** A new id: the prefix and 16 random characters (78 bits). */
export function newId(kind: IdKind): string {
  return idPrefixes[kind] + randomWord(16)
}

export function randomWord(length: number): string {
  // 240 is the largest multiple of 30 in a byte: above it, a character would be likelier than the others.
  let word = ''
  while (word.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 240 && word.length < length) word += alphabet[byte % 30]
    }
  }
  return word
}

export function looksLikeId(text: string): boolean {
  return Object.values(idPrefixes).some(prefix => text.startsWith(prefix))
}
