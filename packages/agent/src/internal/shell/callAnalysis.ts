/** What a command runs because of its arguments. */
import type { ShellWord } from "./words.ts"

export interface Reading {
  /** Whether this is certain; otherwise the whole line is opaque. */
  readonly isCertain: boolean
  readonly commands?: ReadonlyArray<Inner>
  /** Shell code that it runs; `undefined` for code that is not literal. */
  readonly code?: ReadonlyArray<string | undefined>
  /** Shell code that it runs on another machine. */
  readonly remote?: string | undefined
  /** Files that it writes to. */
  readonly files?: ReadonlyArray<string>
  /** Whether the commands after it run in another directory. */
  readonly changesDirectory?: boolean
}

/** A command that another command runs. */
export interface Inner {
  readonly words: ReadonlyArray<ShellWord>
  /** Placeholder for an unknown value. */
  readonly token?: string
  /** Whether that value is a path that can't be mistaken for an option. */
  readonly tokenIsPath?: true
  /** Whether unknown words follow. */
  readonly appends?: true
}

export type Reader = (words: ReadonlyArray<ShellWord>) => Reading

export const certain: Reading = { isCertain: true }

export const uncertain: Reading = { isCertain: false }

/** Joins words into a line of shell code; `undefined` if one is not literal. */
export const joinWords = (words: ReadonlyArray<ShellWord>): string | undefined => {
  const literals = words.map(({ literal }) => literal)
  return literals.includes(undefined) ? undefined : literals.join(" ")
}
