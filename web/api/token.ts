/** What a browser on another machine comes in with; on this one there is none. Kept until the tab is closed. */

const key = 'sparkq.token'

/** Takes `#token=…` out of the address, so that it is neither shown nor kept as a bookmark. */
export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given === null) return
  keepToken(given)
  history.replaceState(history.state, '', location.pathname + location.search)
}

export const keepToken = (token: string): void => sessionStorage.setItem(key, token.trim())

export function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(key)
  return token ? { Authorization: `Bearer ${token}` } : {}
}
