/** Lines that were found, whoever has found them. */

export interface Query {
  /** Absolute; files are named relative to it. */
  readonly directory: string
  /** Directories, and how many files are in each of which everything may be searched; see `Walked`. */
  readonly whole: ReadonlyMap<string, number>
  /** A regular expression. */
  readonly pattern: string
  readonly ignoreCase: boolean
  /** How many lines around each. */
  readonly context: number
  /** How many lines are wanted. */
  readonly maxLines: number
}

export interface Line {
  readonly number: number
  /** False: it is near one that matches. */
  readonly isMatch: boolean
  readonly text: string
}

/**
 * What became of a file: its lines, or why there are none of it. `binary`: it has matches, and is not text. `long`: a line is too long
 * to be searched without ripgrep.
 */
export type Outcome = ReadonlyArray<Line> | "binary" | "unreadable" | "long"

export interface Found {
  readonly lines: ReadonlyArray<string>
  readonly binary: number
  readonly unreadable: number
  readonly long: number
}

/** Takes the outcomes of files, in their order, until it has enough lines. */
export const makeCollector = ({ context, maxLines }: Query) => {
  const lines: Array<string> = []
  const counts = { binary: 0, unreadable: 0, long: 0 }
  return {
    isFull: () => lines.length >= maxLines,
    add: (file: string, outcome: Outcome) => {
      if (lines.length >= maxLines) return
      if (typeof outcome === "string") {
        counts[outcome] += 1
        return
      }
      let last: number | undefined
      for (const { isMatch, number, text } of outcome) {
        if (context > 0 && lines.length > 0 && number !== (last ?? number) + 1) lines.push("--")
        last = number
        const sign = isMatch ? ":" : "-"
        lines.push(`${file}${sign}${number}${sign}${text}`)
      }
    },
    found: (): Found => ({ ...counts, lines: lines.slice(0, maxLines) })
  }
}

export type Collector = ReturnType<typeof makeCollector>
