/** The result of analyzing a call: what the command runs, writes and changes because of its arguments. */
import type { ShellWord } from "./words.ts"

export interface CallAnalysis {
  /** Whether the result is complete; if not, the whole line is opaque. */
  readonly isCertain: boolean
  readonly commands?: ReadonlyArray<Inner>
  /** Shell code that it runs; `undefined` for code that is not literal. */
  readonly code?: ReadonlyArray<string | undefined>
  /** Shell code that it runs on another machine. */
  readonly remote?: string | undefined
  /** Files to which it writes. */
  readonly files?: ReadonlyArray<string>
  /** Whether later commands run in another directory. */
  readonly changesDirectory?: boolean
}

/** A command that another command runs. */
export interface Inner {
  readonly words: ReadonlyArray<ShellWord>
  /** The placeholder that is replaced by an unknown value. */
  readonly token?: string
  /** Set if that value is a path that can't be mistaken for an option. */
  readonly tokenIsPath?: true
  /** Set if unknown words are appended. */
  readonly appends?: true
}

export type CallAnalyzer = (words: ReadonlyArray<ShellWord>) => CallAnalysis

export const certain: CallAnalysis = { isCertain: true }

export const uncertain: CallAnalysis = { isCertain: false }

/** Joins words into a line of shell code; `undefined` if one is not literal. */
export const joinWords = (words: ReadonlyArray<ShellWord>): string | undefined => {
  const literals = words.map(({ literal }) => literal)
  return literals.includes(undefined) ? undefined : literals.join(" ")
}
