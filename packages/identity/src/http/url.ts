/** Parses an absolute URL, or returns `null`. */
export function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

/**
 * Parses an absolute URL that has no user name in it. Anything that two parsers could read differently is
 * refused.
 */
export function parsePlainUrl(text: string): URL | null {
  if (!/^(?:https?:\/\/[^/\\]|(?!https?:)[a-z][a-z\d+.-]*:\/)/i.test(text)) return null
  // White space, control characters, backslashes and line separators mean different things to
  // different parsers; a browser that writes a URL has escaped them.
  if (/[\s\p{Cc}\p{Zl}\p{Zp}\\]/u.test(text)) return null
  if (/^[^/?#]*\/\/[^/?#]*@/.test(text)) return null
  const url = parseUrl(text)
  return url === null || url.username !== '' || url.password !== '' ? null : url
}
