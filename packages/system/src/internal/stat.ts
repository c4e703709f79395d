/** What Linux says of a process: proc_pid_stat(5). */

export interface Stat {
  /** `Z` and `X`: it has ended. */
  readonly state: string
  readonly parent: number
  readonly group: number
  /** When it started, in ticks since the kernel did. Tells it from another process that gets its ID later. */
  readonly start: string
}

/** The fields from the third on: the second is the program's name, which may hold blanks and parentheses. */
export const parseStat = (text: string): Stat => {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  return { state: fields[0] ?? "", parent: Number(fields[1]), group: Number(fields[2]), start: fields[19] ?? "" }
}

export const hasEnded = ({ state }: Stat): boolean => state === "Z" || state === "X"
