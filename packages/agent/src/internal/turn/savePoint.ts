/** Where the concurrent calls of an answer wait for each other before each saves a line, so that one flush saves the lines of all. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** How long a line waits for those of slower calls, for example of one that asks the user. Short enough that nobody notices. */
const maxWait = Duration.millis(100)

export interface SavePoint {
  /** Waits until every other call waits too or has left, or until the time is up. */
  readonly arrive: Effect.Effect<void>
  /** Removes the call. Every call leaves once, even if it fails or is interrupted. */
  readonly leave: Effect.Effect<void>
}

/** The calls that wait, in the order in which they came. */
type Gate = Array<(effect: Effect.Effect<void>) => void>

export const makeSavePoint = (calls: number, scope: Scope.Scope): SavePoint => {
  /** How many calls neither wait nor have left. */
  let busy = calls
  let waiting = 0
  let gate: Gate | undefined

  const open = () => {
    busy += waiting
    waiting = 0
    const opened = gate ?? []
    gate = undefined
    for (const resume of opened) resume(Effect.void)
  }

  const openFor = (which: Gate) => Effect.sync(() => gate === which && open())

  const wait = (which: Gate) =>
    Effect.async<void>((resume) => {
      if (gate === which) which.push(resume)
      else resume(Effect.void)
      return openFor(which)
    })

  const arrive = Effect.suspend(() => {
    busy -= 1
    waiting += 1
    if (busy === 0) {
      open()
      // After those that waited, so that lines are saved in the order in which the calls came here.
      return Effect.yieldNow()
    }
    if (gate !== undefined) return wait(gate)
    const first: Gate = gate = []
    return Effect.sleep(maxWait).pipe(
      Effect.zipRight(openFor(first)),
      Effect.forkIn(scope),
      Effect.zipRight(wait(first))
    )
  })

  const leave = Effect.sync(() => {
    busy -= 1
    if (busy === 0) open()
  })

  return { arrive, leave }
}
