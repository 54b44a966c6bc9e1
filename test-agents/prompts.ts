/** A prompt as a person would write one, with the directives that the fake model goes by. */
export const prompt = (text: string, ...directives: string[]): string =>
  [text, ...directives.map(directive => `@${directive}`)].join('\n')
