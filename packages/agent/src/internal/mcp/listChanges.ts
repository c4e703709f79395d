/** Follows changes of a server's tool list. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Connection } from "./connection/connection.ts"
import { listTools } from "./listTools.ts"
import type { Sdk } from "./sdk.ts"
import type { UsableTools } from "./usableTools.ts"

/** Changes within this time are combined into one. */
const debounce = "100 millis"

/**
 * Until the scope closes, reads the list again whenever the server announces a change. Returns an effect that waits until all changes
 * announced so far have been read.
 */
export const watchList = (
  sdk: Sdk,
  { client }: Connection,
  { onFailure, onList, timeout }: {
    /** For each page of the list, in milliseconds. */
    readonly timeout: number
    readonly onList: (list: UsableTools) => void
    readonly onFailure: (error: unknown) => void
  }
): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const fiberId = yield* Effect.fiberId
    const changes = yield* Queue.sliding<void>(1)
    let pendingRead: Deferred.Deferred<void> | undefined
    const done = Effect.suspend(() => {
      const read = pendingRead
      pendingRead = undefined
      return read === undefined ? Effect.void : Deferred.succeed(read, undefined)
    })
    client.setNotificationHandler(sdk.ToolListChangedNotificationSchema, () => {
      pendingRead ??= Deferred.unsafeMake(fiberId)
      Queue.unsafeOffer(changes, undefined)
    })
    yield* Effect.gen(function*() {
      yield* Queue.take(changes)
      yield* Effect.sleep(debounce)
      yield* Queue.takeAll(changes)
      yield* Effect.match(listTools(sdk, client, timeout), { onFailure, onSuccess: onList })
      if (yield* Queue.isEmpty(changes)) yield* done
    }).pipe(Effect.forever, Effect.ensuring(done), Effect.forkScoped)
    return Effect.suspend(() => pendingRead === undefined ? Effect.void : Deferred.await(pendingRead))
  })
