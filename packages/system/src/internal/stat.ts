/** Reads Linux's data about a process: proc_pid_stat(5). */

export interface Stat {
  /** `Z` and `X` mean that it has ended. */
  readonly state: string
  readonly parent: number
  readonly group: number
  /** When it started, in ticks since boot. Distinguishes it from a later process with the same ID. */
  readonly start: string
}

/** Parses the fields after the second one, the program's name, which may contain spaces and parentheses. */
export const parseStat = (text: string): Stat => {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  return { state: fields[0] ?? "", parent: Number(fields[1]), group: Number(fields[2]), start: fields[19] ?? "" }
}

export const hasEnded = ({ state }: Stat): boolean => state === "Z" || state === "X"
