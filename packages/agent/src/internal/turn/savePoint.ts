/** Where the concurrent calls of an answer wait for each other before each saves a line, so that one flush saves the lines of all. */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"

/** How long a line waits for those of slower calls, for example of one that asks the user. Short enough that nobody notices. */
const maxWait = Duration.millis(100)

export interface SavePoint {
  /** Waits until every other call waits too or has left, or until the time is up. */
  readonly arrive: Effect.Effect<void>
  /** Removes the call. Every call leaves once, even if it fails or is interrupted. */
  readonly leave: Effect.Effect<void>
}

export const makeSavePoint = (calls: number, scope: Scope.Scope): SavePoint => {
  /** How many calls neither wait nor have left. */
  let busy = calls
  let waiting = 0
  let opened: Deferred.Deferred<void> | undefined

  const open = Effect.suspend(() => {
    busy += waiting
    waiting = 0
    const now = opened
    opened = undefined
    return now === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(now, undefined))
  })

  const openFor = (gate: Deferred.Deferred<void>) => Effect.suspend(() => opened === gate ? open : Effect.void)

  const wait = (gate: Deferred.Deferred<void>) => Effect.onInterrupt(Deferred.await(gate), () => openFor(gate))

  const arrive = Effect.suspend(() => {
    busy -= 1
    waiting += 1
    // After those that waited, so that lines are saved in the order in which the calls came here.
    if (busy === 0) return Effect.zipRight(open, Effect.yieldNow())
    if (opened !== undefined) return wait(opened)
    const gate = opened = Deferred.unsafeMake<void>(FiberId.none)
    return Effect.sleep(maxWait).pipe(Effect.zipRight(openFor(gate)), Effect.forkIn(scope), Effect.zipRight(wait(gate)))
  })

  const leave = Effect.suspend(() => {
    busy -= 1
    return busy === 0 ? open : Effect.void
  })

  return { arrive, leave }
}
