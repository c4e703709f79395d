/** What stands in a setting for something else: `{env:NAME}`, `{file:path}`, `${NAME}` and `${NAME:-default}`. */

export type Placeholder =
  | {
    readonly _tag: "Variable"
    readonly name: string
    readonly written: string
    /** What it comes to when the variable is not set, or empty; there may be placeholders in it. */
    readonly fallback?: string
  }
  | { readonly _tag: "File"; readonly name: string }

/**
 * A default may have placeholders in it. `${env:NAME}`, as editors write it, is `{env:NAME}`. `$${NAME}` stands for the text `${NAME}`. Everything else that begins with `$` is text: `$5`,
 * `$NAME`, `$$`, and what only a shell can do, such as `${NAME%.*}`.
 */
const pattern = /\$?\{(env|file):([^{}]*)\}|(\$?)\$\{([A-Za-z_]\w*)(?::-((?:[^{}]|\$?\{[^{}]*\})*))?\}/g

/** The text in its pieces. In a text for a shell, variables with a dollar are the shell's. */
export const split = (text: string, isForShell = false): ReadonlyArray<string | Placeholder> => {
  const pieces: Array<string | Placeholder> = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    const [written, kind, inBraces = "", escape, name, fallback] = match
    if (kind === undefined && isForShell) continue
    pieces.push(text.slice(end, match.index))
    end = match.index + written.length
    if (kind === "file") pieces.push({ _tag: "File", name: inBraces.trim() })
    else if (kind === "env") {
      pieces.push({ _tag: "Variable", name: inBraces.trim(), written: `{env:${inBraces.trim()}}` })
    } else if (escape === "$") pieces.push(written.slice(1))
    else {
      pieces.push({
        _tag: "Variable",
        name: name!,
        written: `\${${name}}`,
        ...(fallback === undefined ? {} : { fallback })
      })
    }
  }
  return [...pieces, text.slice(end)]
}

/** Every placeholder in the text, those in defaults too. */
export const placeholders = (text: string, isForShell = false): ReadonlyArray<Placeholder> =>
  split(text, isForShell).flatMap((piece) => {
    if (typeof piece === "string") return []
    const inner = piece._tag === "Variable" && piece.fallback !== undefined ? placeholders(piece.fallback) : []
    return [piece, ...inner]
  })

const interpreter =
  /(^|[/\\])(ash|bash|bun|busybox|dash|deno|fish|ksh|node|perl|php|powershell|pwsh|python[\d.]*|ruby|sh|zsh)(\.exe)?$/i

/** `-c`, `-lc`, `-e`, `--eval` and the like: what follows is a program. */
const introducesProgram = (flag: string): boolean => /^(-[a-z]*[cep]|-command|--(eval|print|command))$/i.test(flag)

/** Is this word of a command a program for an interpreter, as the one after `sh -c` is? Its `${NAME}` are its own. */
export const isProgram = (words: ReadonlyArray<string>, index: number): boolean => {
  if (!introducesProgram(words[index - 1] ?? "")) return false
  return interpreter.test(words.slice(0, index).findLast((word) => !word.startsWith("-")) ?? "")
}
