/** Limits how many calls run at the same time. Effect's semaphore wakes all who wait for each permit that is released; this wakes one. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"

export interface Slot {
  /** Waits until fewer calls run than may, in the order in which they came. Returns at once if this call already runs. */
  readonly take: Effect.Effect<void>
  /** Lets the next call run. Must be called once the call has ended, even if it was interrupted while it waited. */
  readonly release: () => void
}

/** Makes a function that makes a slot for a call. */
export const makeSlots = (count: number): () => Slot => {
  let free = count
  const waiting = new Map<Slot, Deferred.Deferred<void>>()
  return () => {
    let isTaken = false
    const slot: Slot = {
      take: Effect.suspend(() => {
        if (isTaken) return Effect.void
        isTaken = true
        if (free > 0) {
          free -= 1
          return Effect.void
        }
        const turn = Deferred.unsafeMake<void>(FiberId.none)
        waiting.set(slot, turn)
        return Deferred.await(turn)
      }),
      release: () => {
        if (!isTaken) return
        isTaken = false
        if (waiting.delete(slot)) return
        const [next] = waiting
        if (next === undefined) {
          free += 1
          return
        }
        waiting.delete(next[0])
        Deferred.unsafeDone(next[1], Effect.void)
      }
    }
    return slot
  }
}
