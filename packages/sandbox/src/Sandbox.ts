/**
 * A Bedrock Runtime gateway on this machine: real HTTP/1.1 on 127.0.0.1, real event-stream frames, real signatures.
 *
 * It plays the server, so it shares no code with the client. It uses real time, even if a test replaces the clock.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Gateway from "./internal/gateway.ts"
import { type Incoming, read } from "./internal/http/incoming.ts"
import { respond } from "./internal/http/respond.ts"
import * as Route from "./internal/http/route.ts"
import { serve } from "./internal/http/server.ts"
import type { Steps } from "./internal/http/steps.ts"
import * as Authorization from "./internal/validation/authorization.ts"
import type { SandboxError } from "./SandboxError.ts"
import type { Options } from "./SandboxOptions.ts"

export type { AwsKey, Options } from "./SandboxOptions.ts"

/**
 * A request as it was received, including refused ones. The headers contain credentials in plain text, so do not log them.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecordedRequest {
  readonly method: string
  /** The request target as sent, with percent-encoding and query. */
  readonly rawPath: string
  /** The decoded path, without the query. */
  readonly path: string
  /** Names are in lower case; values of repeated headers are joined with `", "`. */
  readonly headers: { readonly [name: string]: string }
  /** The parsed JSON body; `undefined` if it is not JSON. */
  readonly body: unknown
  readonly rawBody: string
  /** The decoded ID; `undefined` if the path contains none. */
  readonly modelId: string | undefined
  readonly operation: "converse" | "converse-stream" | undefined
  readonly httpVersion: string
  readonly authorized: boolean
  /** Whether the client disconnected before the end of the response. */
  readonly aborted: boolean
}

/**
 * A running sandbox: its address, and the requests it received.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The URL for `baseURL`: `http://127.0.0.1:PORT` and the prefix, without a trailing slash. */
  readonly url: string
  readonly port: number
  /** All requests that have been read so far, in that order. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /**
   * Waits until the requests satisfy the predicate: for example `(requests) => requests.length === 2` for the second request, or
   * `([first]) => first?.aborted === true` until the first one is aborted.
   */
  readonly waitFor: (
    predicate: (requests: ReadonlyArray<RecordedRequest>) => boolean
  ) => Effect.Effect<ReadonlyArray<RecordedRequest>>
}

/**
 * A running sandbox.
 *
 * @since 0.1.0
 * @category services
 */
export class Sandbox extends Context.Tag("@altimate-code/sandbox/Sandbox")<Sandbox, Service>() {}

const realClock = Clock.make()

const toRecord = (incoming: Incoming, route: Route.Route, authorized: boolean): RecordedRequest => ({
  method: incoming.method,
  rawPath: incoming.rawPath,
  path: Route.decodePath(incoming.pathname),
  headers: incoming.headers,
  body: Option.getOrUndefined(parseJson(incoming.rawBody)),
  rawBody: incoming.rawBody,
  modelId: route.type === "Operation" ? route.modelId : undefined,
  operation: route.type === "Operation" ? route.operation : undefined,
  httpVersion: incoming.httpVersion,
  authorized,
  aborted: !incoming.isComplete
})

const addHeaders = (headers: Options["headers"] = {}, steps: Steps): Steps =>
  steps.map((step) => step.type === "Head" ? { ...step, headers: { ...headers, ...step.headers } } : step)

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

/**
 * Starts a sandbox. Closing the scope frees the port and destroys all open sockets immediately. Fails with a
 * `SandboxError` if the port can't be used.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fn("Sandbox.make")(function*(options: Options = {}) {
  const prefix = Route.normalizePrefix(options.prefix ?? "")
  const gateway = yield* Gateway.make(options)
  const recorded = yield* SubscriptionRef.make<ReadonlyArray<RecordedRequest>>([])

  const handle = Effect.fn("Sandbox.handle")(function*(request: IncomingMessage, response: ServerResponse) {
    const incoming = yield* read(request)
    const route = Route.parse(prefix, incoming.method, incoming.pathname)
    const authorization = yield* Effect.either(Authorization.check(options.auth, incoming))
    const entry = toRecord(incoming, route, Either.isRight(authorization))
    const index = yield* SubscriptionRef.modify(recorded, (entries) => [entries.length, [...entries, entry]])
    const aborted = yield* respond(
      response,
      addHeaders(options.headers, yield* gateway(route, incoming, authorization))
    )
    if (aborted) {
      yield* SubscriptionRef.update(recorded, (entries) => entries.with(index, { ...entry, aborted }))
    }
  }, Effect.withClock(realClock))

  const port = yield* serve(options.port ?? 0, handle)
  return Sandbox.of({
    url: `http://127.0.0.1:${port}${prefix}`,
    port,
    requests: SubscriptionRef.get(recorded),
    waitFor: (predicate) =>
      recorded.changes.pipe(
        Stream.filter(predicate),
        Stream.runHead,
        // The stream of changes never ends.
        Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: Effect.succeed }))
      )
  })
})

/**
 * A sandbox that runs as long as the layer. Fails with a `SandboxError` if the port can't be used.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Sandbox, SandboxError> => Layer.scoped(Sandbox, make(options))
