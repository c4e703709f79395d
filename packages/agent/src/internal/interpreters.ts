/** Commands that run code: a shell's can be judged, another language's can not. */

const shells = new Set(["bash", "sh", "dash", "zsh", "ksh", "ash"])

const languages = /^(?:python[\d.]*|node|nodejs|bun|deno|ruby|perl|php|lua|tclsh|osascript|fish|pwsh|R|Rscript)$/

export const isShell = (name: string): boolean => shells.has(name)

export const isInterpreter = (name: string): boolean => isShell(name) || languages.test(name)

/** A file such as `/dev/stdin` or `/proc/self/fd/0`, that is whatever was given. */
export const isDevice = (path: string): boolean => /^\/(?:dev|proc)\//.test(path)

/** Whether its code comes from the standard input, or may. */
export const readsCode = (name: string, words: ReadonlyArray<string | undefined>): boolean => {
  if (words.some((word) => word === "-" || isDevice(word ?? "") || (isShell(name) && word === "-s"))) return true
  if (words.length === 1 && ["--version", "--help"].includes(words[0] ?? "")) return false
  return words.every((word) => word?.startsWith("-") === true)
}

/** Options of shells that take a value. */
const valued = ["-o", "+o", "-O", "+O", "--rcfile", "--init-file"]

/** Which word is the code of `bash -c code`; `undefined` when there is no `-c`. */
export const codeAt = (words: ReadonlyArray<string | undefined>): number | undefined => {
  let hasCode = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (word === "--") return hasCode ? at + 1 : undefined
    if (word === undefined || !/^[-+]/.test(word)) return hasCode ? at : undefined
    if (/^-[a-zA-Z]*c/.test(word)) hasCode = true
    // `-oc`: which of the next words is the code depends on the shell.
    if (/^-(?:[a-zA-Z]*c[a-zA-Z]*[oO]|[a-zA-Z]*[oO][a-zA-Z]*c)/.test(word)) return words.length
    if (valued.includes(word) || /^-[a-zA-Z]*o$/.test(word)) at += 1
  }
  return hasCode ? words.length : undefined
}
