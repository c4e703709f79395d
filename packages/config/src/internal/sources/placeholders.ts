/** Placeholders in settings: `{env:NAME}`, `{file:path}`, `${NAME}` and `${NAME:-default}`. */

export type Placeholder =
  | {
    readonly _tag: "Variable"
    readonly name: string
    readonly written: string
    /** The text to use if the variable is unset or empty. It may contain placeholders. */
    readonly fallback?: string
  }
  | { readonly _tag: "File"; readonly name: string }

/**
 * Defaults may contain placeholders. `${env:NAME}`, an editor's form, means `{env:NAME}`. `$${NAME}` is an escape for the text `${NAME}`.
 * Everything else that begins with `$` is text: `$5`, `$NAME`, `$$`, and expansions that only a shell can do, such as `${NAME%.*}`.
 */
const pattern = /\$?\{(env|file):([^{}]*)\}|(\$?)\$\{([A-Za-z_]\w*)(?::-((?:[^{}]|\$?\{[^{}]*\})*))?\}/g

/** Splits the text at its placeholders. In a text for a shell, `${NAME}` is left to the shell. */
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

/** Every placeholder in the text, including those in defaults. */
export const placeholders = (text: string, isForShell = false): ReadonlyArray<Placeholder> =>
  split(text, isForShell).flatMap((piece) => {
    if (typeof piece === "string") return []
    const inner = piece._tag === "Variable" && piece.fallback !== undefined ? placeholders(piece.fallback) : []
    return [piece, ...inner]
  })

const interpreter =
  /(^|[/\\])(ash|bash|bun|busybox|dash|deno|fish|ksh|node|perl|php|powershell|pwsh|python[\d.]*|ruby|sh|zsh)(\.exe)?$/i

/** Flags such as `-c`, `-lc`, `-e` and `--eval`: the next word is code. */
const introducesProgram = (flag: string): boolean => /^(-[a-z]*[cep]|-command|--(eval|print|command))$/i.test(flag)

/** Whether this word of a command is code for an interpreter, like the one after `sh -c`. Its `${NAME}` are left to the interpreter. */
export const isProgram = (words: ReadonlyArray<string>, index: number): boolean => {
  if (!introducesProgram(words[index - 1] ?? "")) return false
  return interpreter.test(words.slice(0, index).findLast((word) => !word.startsWith("-")) ?? "")
}
