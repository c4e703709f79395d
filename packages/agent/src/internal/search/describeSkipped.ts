/** Describes to the model what a search skipped. */
import { plural } from "../tools/defineTool.ts"

export interface Counts {
  readonly ignored?: number
  readonly links?: number
  readonly special?: number
  readonly unreadable?: number
  readonly forbidden?: number
  readonly binary?: number
  readonly long?: number
}

/** Empty if nothing was left out. */
export const describeSkipped = (counts: Counts): string => {
  const { binary = 0, forbidden = 0, ignored = 0, links = 0, long = 0, special = 0, unreadable = 0 } = counts
  const parts: ReadonlyArray<readonly [number, string]> = [
    [
      ignored,
      `${plural(ignored, "file or directory", "files or directories")} ignored by .gitignore or in node_modules`
    ],
    [forbidden, `${plural(forbidden, "file that needs", "files that need")} permission to read`],
    [links, plural(links, "symbolic link")],
    [special, plural(special, "pipe, socket or device", "pipes, sockets or devices")],
    [unreadable, `${plural(unreadable, "file or directory", "files or directories")} that can't be read`],
    [binary, `matches in ${plural(binary, "binary file")}`],
    [long, `${plural(long, "file")} with a line that is too long to search without ripgrep`]
  ]
  const skipped = parts.filter(([count]) => count > 0).map(([, text]) => text)
  const remedy = ignored + forbidden + links > 0 ? " To search one of them, pass it as path." : ""
  return skipped.length === 0 ? "" : `\n(Left out: ${skipped.join("; ")}.${remedy})`
}

export const describeStop = (isComplete: boolean, limit: string): string =>
  isComplete ? "" : `\n(Stopped after ${limit}: the results are incomplete. Use a narrower path or glob.)`
