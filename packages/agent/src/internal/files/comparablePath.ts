/** Compares paths regardless of case, Unicode form and the system's own symbolic links. */

/**
 * Some file systems ignore case (by Unicode's rules, where `ſ` equals `s`) and zero-width characters. On macOS `/etc` and `/tmp` are links
 * to directories in `/private`.
 */
export const normalizePath = (path: string): string => {
  // Fast paths: a search calls this for each of its files.
  const plain = isAscii.test(path) ? path : path.normalize("NFKC").replaceAll(/\p{Cf}/gu, "")
  const text = plain.toLowerCase()
  const slashed = text.includes("\\") ? text.replaceAll("\\", "/") : text
  const whole = slashed.endsWith("/") ? slashed.replace(/(?<=.)\/+$/, "") : slashed
  return whole.startsWith("/private/") ? whole.slice("/private".length) : whole
}

const isAscii = /^[ -~]*$/

export const isWithin = (path: string, directory: string): boolean =>
  path.startsWith(directory) &&
  (path.length === directory.length || path[directory.length] === "/" || directory.endsWith("/"))

/** Where home directories usually are, including those of other users. */
const usualHome = /^\/(?:root|(?:home|users)\/[^/]+)\/(?=.)/

/** The path relative to a home directory. */
export const belowHome = (path: string, homes: ReadonlyArray<string>): string | undefined => {
  const home = homes.find((home) => home !== "/" && path !== home && isWithin(path, home))
  if (home !== undefined) return path.slice(home.length + 1)
  const usual = usualHome.exec(path)
  return usual === null ? undefined : path.slice(usual[0].length)
}
