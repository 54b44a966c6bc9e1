import type { Space } from './space.ts'

/** `the disk that holds /x has 12 MB left, and 256 MB must be free`. */
export function shortSpace({ folder, free, needed }: Space): string {
  return `the disk that holds ${folder} has ${megabytes(free)} left, and ${megabytes(needed)} must be free`
}

/** Why lanes wait, in one sentence. */
export function spaceSentence({ folder, free, needed }: Space): string {
  return `The disk that holds ${folder} has ${megabytes(free)} left; lanes wait until ${megabytes(needed)} are free.`
}

const megabytes = (bytes: number): string => {
  const whole = Math.floor(bytes / (1024 * 1024))
  return whole === 0 ? 'less than 1 MB' : `${whole} MB`
}
