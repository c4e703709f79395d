/** The progress of a script. */
import * as Option from "effect/Option"
import type { Fault, Script, Turn } from "../Script.ts"
import type { Operation } from "./http/route.ts"

export interface Position {
  readonly turn: number
  /** How often each fault of the turn has been played. */
  readonly played: ReadonlyArray<number>
}

export interface Attempt {
  readonly index: number
  readonly turn: Turn
  readonly fault: Fault | undefined
}

export const start: Position = { turn: 0, played: [] }

const streamOnly: ReadonlySet<Fault["type"]> = new Set(["end", "corrupt", "json", "sse"])

const maxPlays = ({ times = 1 }: Fault): number => times === "always" ? Infinity : times

/** The next attempt, or `None` at the end of the script, and the new position. */
export const next = (
  script: Script,
  operation: Operation,
  position: Position
): readonly [Option.Option<Attempt>, Position] => {
  const turn = script[position.turn]
  if (turn === undefined) return [Option.none(), position]
  const faults = turn.faults ?? []
  const played = faults.map((_, i) => position.played[i] ?? 0)
  const index = faults.findIndex((fault, i) =>
    (played[i] ?? 0) < maxPlays(fault) && (operation === "converse-stream" || !streamOnly.has(fault.type))
  )
  const attempt = { index: position.turn, turn, fault: faults[index] }
  return [
    Option.some(attempt),
    index === -1
      ? { turn: position.turn + 1, played: [] }
      : { turn: position.turn, played: played.map((n, i) => i === index ? n + 1 : n) }
  ]
}
