/** Collects the matching lines of a search. */

export interface Query {
  /** Absolute. File names are relative to it. */
  readonly directory: string
  /** The number of files in each directory in which nothing was skipped; see `Walked`. */
  readonly completeDirectories: ReadonlyMap<string, number>
  /** A regular expression. */
  readonly pattern: string
  readonly ignoreCase: boolean
  /** Number of lines to include before and after each match. */
  readonly context: number
  /** Maximum number of lines in the result. */
  readonly maxLines: number
}

export interface Line {
  readonly number: number
  /** False for a context line. */
  readonly isMatch: boolean
  readonly text: string
}

/**
 * The lines of a file, or why there are none. `binary`: the file has matches but is not text. `long`: a line is too long to search
 * without ripgrep.
 */
export type Outcome = ReadonlyArray<Line> | "binary" | "unreadable" | "long"

export interface Found {
  readonly lines: ReadonlyArray<string>
  readonly binary: number
  readonly unreadable: number
  readonly long: number
}

/** Collects the outcomes of files, which are added in order, until there are enough lines. */
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
    result: (): Found => ({ ...counts, lines: lines.slice(0, maxLines) })
  }
}

export type Collector = ReturnType<typeof makeCollector>
