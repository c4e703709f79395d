/** What the words of a command make it run. */
import type { ShellWord } from "./words.ts"

export interface Reading {
  /** Whether that is known; otherwise the whole line is opaque. */
  readonly isCertain: boolean
  readonly commands?: ReadonlyArray<Inner>
  /** Shell code that it runs; `undefined` where that is not literal. */
  readonly code?: ReadonlyArray<string | undefined>
  /** Shell code that it runs on another machine. */
  readonly remote?: string | undefined
  /** Files that it writes to. */
  readonly files?: ReadonlyArray<string>
  /** Whether what comes after it works in another directory. */
  readonly moves?: boolean
}

/** A command that another one runs. */
export interface Inner {
  readonly words: ReadonlyArray<ShellWord>
  /** Stands for what is not known yet. */
  readonly token?: string
  /** Whether that is a path that can't be taken for an option. */
  readonly tokenIsPath?: true
  /** Whether words that are not known yet come after these. */
  readonly appends?: true
}

export type Reader = (words: ReadonlyArray<ShellWord>) => Reading

export const certain: Reading = { isCertain: true }

export const uncertain: Reading = { isCertain: false }

/** Several words that a program joins into one line of shell code. */
export const joined = (words: ReadonlyArray<ShellWord>): string | undefined => {
  const literals = words.map(({ literal }) => literal)
  return literals.includes(undefined) ? undefined : literals.join(" ")
}
