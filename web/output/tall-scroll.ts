/** Browsers draw nothing further down than some millions of pixels; Firefox has the lowest limit, about 17.8 million. */
export const tallest = 8_000_000

/** How far down one is in all there is (`top`, px), and how much less the browser's own scrolling says (`shift`). */
export type Scrolled = { top: number; shift: number }
export type Sizes = { full: number; view: number }

export const physicalHeight = ({ full }: Sizes): number => Math.min(full, tallest)

/** After the browser has scrolled: small moves go line by line, long ones (the bar is dragged) go by proportion. */
export function afterScroll(before: Scrolled, scrollTop: number, sizes: Sizes): Scrolled {
  if (sizes.full <= tallest) return { top: scrollTop, shift: 0 }
  const lowest = tallest - sizes.view
  const end = sizes.full - sizes.view
  if (scrollTop <= 0) return { top: 0, shift: 0 }
  if (scrollTop >= lowest - 1) return { top: end, shift: end - scrollTop }
  const moved = scrollTop - (before.top - before.shift)
  const top =
    Math.abs(moved) < 2 * sizes.view
      ? Math.min(end, Math.max(0, before.top + moved))
      : (scrollTop / lowest) * end
  return { top, shift: top - scrollTop }
}

/** Where the browser has to scroll for `top` to be seen, and go on from there. */
export function scrollFor(top: number, sizes: Sizes): Scrolled & { scrollTop: number } {
  const end = Math.max(0, sizes.full - sizes.view)
  const within = Math.min(end, Math.max(0, top))
  if (sizes.full <= tallest) return { top: within, shift: 0, scrollTop: within }
  const scrollTop = Math.round((within / end) * (tallest - sizes.view))
  return { top: within, shift: within - scrollTop, scrollTop }
}
