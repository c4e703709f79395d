/** A server's list of tools changes while it runs. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Connection } from "./connection/connection.ts"
import { listTools } from "./listTools.ts"
import type { Sdk } from "./sdk.ts"
import type { UsableTools } from "./usableTools.ts"

/** Several changes at once are one. */
const debounce = "100 millis"

/**
 * Reads the list anew whenever the server says that it has changed, as long as the scope. The effect that comes back waits until
 * what was announced so far has been read.
 */
export const watchList = (
  sdk: Sdk,
  { client }: Connection,
  { onFailure, onList, timeout }: {
    /** In milliseconds, for each page of the list. */
    readonly timeout: number
    readonly onList: (list: UsableTools) => void
    readonly onFailure: (error: unknown) => void
  }
): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const fiberId = yield* Effect.fiberId
    const changes = yield* Queue.sliding<void>(1)
    let reading: Deferred.Deferred<void> | undefined
    const done = Effect.suspend(() => {
      const read = reading
      reading = undefined
      return read === undefined ? Effect.void : Deferred.succeed(read, undefined)
    })
    client.setNotificationHandler(sdk.ToolListChangedNotificationSchema, () => {
      reading ??= Deferred.unsafeMake(fiberId)
      Queue.unsafeOffer(changes, undefined)
    })
    yield* Effect.gen(function*() {
      yield* Queue.take(changes)
      yield* Effect.sleep(debounce)
      yield* Queue.takeAll(changes)
      yield* Effect.match(listTools(sdk, client, timeout), { onFailure, onSuccess: onList })
      if (yield* Queue.isEmpty(changes)) yield* done
    }).pipe(Effect.forever, Effect.ensuring(done), Effect.forkScoped)
    return Effect.suspend(() => reading === undefined ? Effect.void : Deferred.await(reading))
  })
