import { countIn, type Fields } from './json.ts'

/** `$0.0016 so far`, `$1.20 so far`: what Claude Code counts is the whole conversation. */
export const dollars = (usd: number | undefined): string | undefined =>
  usd === undefined || usd <= 0 ? undefined : `$${usd.toFixed(usd < 0.1 ? 4 : 2)} so far`

/** `1200 tokens in, 40 out`. */
export const tokens = (usage: Fields): string | undefined => {
  const [input, output] = [countIn(usage, 'input_tokens'), countIn(usage, 'output_tokens')]
  return input + output > 0 ? `${input} tokens in, ${output} out` : undefined
}
