/**
 * A Bedrock Runtime gateway on this machine: real HTTP/1.1 on 127.0.0.1, real event-stream frames, real signatures.
 *
 * It is the other side of the wire, so it shares no code with the client and lives in real time, also where a test
 * has replaced the clock.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
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
import type { Script } from "./Script.ts"

/**
 * A key pair whose signatures are accepted. With a `sessionToken` a request must carry exactly that one.
 *
 * @since 0.1.0
 * @category models
 */
export interface AwsKey {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken?: Redacted.Redacted<string>
  readonly region: string
  /** The service that signatures must be for: `bedrock` unless given. */
  readonly service?: string
}

/**
 * How a sandbox differs from one that answers everybody, whatever the model, on any free port.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** 0, the default, is any free port. */
  readonly port?: number
  /** The path in front of `/model/…`, e.g. `/bedrock/v1`; slashes at its ends do not matter. None by default. */
  readonly prefix?: string
  /** Who is let in. Without it a request's authorization is not looked at at all. */
  readonly auth?: {
    readonly bearer?: ReadonlyArray<Redacted.Redacted<string>>
    readonly sigv4?: ReadonlyArray<AwsKey>
  }
  /** The only wire IDs (or ARNs) that are accepted. All are when absent. */
  readonly models?: ReadonlyArray<string>
  /**
   * How converse-stream is answered: as `events`, the default; `buffered`: all of them at once at the end; `json`: as
   * converse would. With `only`, converse is answered with nothing.
   */
  readonly streaming?: "events" | "buffered" | "json" | "only"
  /** Names of fields that no request may have, wherever in it: it is refused with a `ValidationException` that names the first. */
  readonly refuse?: ReadonlyArray<string>
  /** Headers of every answer, as a gateway adds them. */
  readonly headers?: { readonly [name: string]: string }
  /** What to answer. Without one, an answer is made from the request: the same one for the same request. */
  readonly script?: Script
}

/**
 * A request as it was on the wire, refused ones included. Headers hold the credentials in clear: not for a log.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecordedRequest {
  readonly method: string
  /** The request target as sent, percent-encoding and query kept. */
  readonly rawPath: string
  /** The path decoded, without the query. */
  readonly path: string
  /** Names in lower case; the values of a repeated header joined by `", "`. */
  readonly headers: { readonly [name: string]: string }
  /** The parsed JSON body; `undefined` if it is none. */
  readonly body: unknown
  readonly rawBody: string
  /** Decoded; `undefined` if the path names none. */
  readonly modelId: string | undefined
  readonly operation: "converse" | "converse-stream" | undefined
  readonly httpVersion: string
  readonly authorized: boolean
  /** The client went away before the answer ended. */
  readonly aborted: boolean
}

/**
 * Where a running sandbox is, and what it has been asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** `http://127.0.0.1:PORT` and the prefix, without a slash at the end: what goes into `baseURL`. */
  readonly url: string
  readonly port: number
  /** All requests so far, each from the moment on when it has been read, in that order. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  /**
   * Waits until the requests so far satisfy the predicate: `(requests) => requests.length === 2` for the second one,
   * `([first]) => first?.aborted === true` for the first one's abort.
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
  aborted: !incoming.complete
})

const added = (headers: Options["headers"] = {}, steps: Steps): Steps =>
  steps.map((step) => step.type === "Head" ? { ...step, headers: { ...headers, ...step.headers } } : step)

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

/**
 * Starts a sandbox; closing the scope frees the port and destroys every open socket at once. Fails with a
 * `SandboxError` when it cannot have its port.
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
    const aborted = yield* respond(response, added(options.headers, yield* gateway(route, incoming, authorization)))
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
        // The changes of a reference do not end.
        Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: Effect.succeed }))
      )
  })
})

/**
 * A sandbox that runs as long as the layer is in use. Fails with a `SandboxError` when it cannot have its port.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Sandbox, SandboxError> => Layer.scoped(Sandbox, make(options))
