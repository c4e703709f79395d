import * as PercentEncoding from "@altimate-code/system/PercentEncoding"

/** A longer text is no list of paths. */
const maxLength = 20_000

const driveStart = /^"?([A-Za-z]):[\\/]/

/**
 * The lists of absolute paths that a pasted text may consist of, the most likely first; none if it is other text. When files are dropped on a
 * terminal, it pastes their paths: as they are (Alacritty), in quotes (VTE, Windows Terminal), with backslashes (macOS), or as URLs.
 * `isWsl`: paths of Windows are those of its drives under `/mnt`.
 */
export const interpret = (text: string, isWsl: boolean): ReadonlyArray<ReadonlyArray<string>> => {
  const whole = text.trim()
  if (whole.length > maxLength || !/^["']?(?:[/~.\\]|file:|[A-Za-z]:[\\/])/.test(whole)) return []
  const lines = whole.split(/\s*\n\s*/)
  return [lines, isWsl && driveStart.test(whole) ? splitWindowsWords(whole) : splitWords(whole)].flatMap((words) => {
    const paths = words.map((word) => toPath(word, isWsl))
    return paths.every((path) => path !== undefined) ? [paths] : []
  })
}

/** Decodes a file URL. A relative path counts only if it begins with a dot: a mere name may be part of the text. */
const toPath = (word: string, isWsl: boolean): string | undefined => {
  const url = /^file:\/\/[^/]*(\/.*)$/i.exec(word)?.[1]
  if (url !== undefined) return PercentEncoding.decode(url)
  const drive = driveStart.exec(word)?.[1]
  if (drive !== undefined) {
    return isWsl ? `/mnt/${drive.toLowerCase()}/${word.slice(3).replaceAll("\\", "/")}` : undefined
  }
  return /^(?:\/|~\/|\.\.?\/)/.test(word) ? word : undefined
}

const splitWindowsWords = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "")

/** Splits like a shell: quotes, and backslashes before single characters. */
const splitWords = (text: string): ReadonlyArray<string> =>
  (text.match(/(?:\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|[^\s'"\\])+/g) ?? []).map((word) =>
    word.replace(
      /\\([^])|'([^']*)'|"((?:\\[^]|[^"\\])*)"/g,
      (_, escaped?: string, single?: string, double?: string) =>
        escaped ?? single ?? (double ?? "").replace(/\\(["\\$`])/g, "$1")
    )
  )
