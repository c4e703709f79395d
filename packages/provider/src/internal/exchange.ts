/** One attempt at a request, without retries. */
import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput
} from "@aws-sdk/client-bedrock-runtime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { StreamedEvent } from "../BedrockClient.ts"
import type { BedrockError } from "../BedrockError.ts"
import { type Attempt, failed, fromStream, fromThrown } from "./failure.ts"
import { gatewayHandler, type Handler, Refused } from "./gateway.ts"
import { makeClient, type Sdk } from "./sdk.ts"

export interface Exchange {
  readonly sdk: Sdk
  readonly http: Handler
  /** The base URL; see `Endpoint`. */
  readonly endpoint: string
  readonly attempt: Attempt
  /** From the beginning of the request to the answer's first byte. */
  readonly firstByte: Duration.Duration
  /** From one event to the next. */
  readonly idle: Duration.Duration
}

/** A complete answer. */
export const answer = (
  exchange: Exchange,
  request: ConverseCommandInput
): Effect.Effect<ConverseCommandOutput, BedrockError> =>
  Effect.flatMap(connect(exchange), ({ client, toError }) =>
    Effect.tryPromise({
      try: (abortSignal) => client.send(new exchange.sdk.ConverseCommand(request), { abortSignal }),
      catch: toError
    }).pipe(withinFirstByte(exchange)))

/** A streamed answer of which something worth showing has come, so that from here on nothing may be tried again. */
export interface Opened {
  readonly head: ReadonlyArray<StreamedEvent>
  readonly rest: Stream.Stream<StreamedEvent, BedrockError>
}

/** Closing the scope before the last event has come closes the connection; after it, it stays open for others. */
export const open = (
  exchange: Exchange,
  request: ConverseStreamCommandInput
): Effect.Effect<Opened, BedrockError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  ).pipe(
    Effect.flatMap((controller) =>
      // A failed attempt's connection is closed before the next attempt, and not only with the scope.
      Effect.onError(begin(exchange, request, controller.signal), () => Effect.sync(() => controller.abort()))
    )
  )

const begin = (
  exchange: Exchange,
  request: ConverseStreamCommandInput,
  abortSignal: AbortSignal
): Effect.Effect<Opened, BedrockError> =>
  Effect.gen(function*() {
    const { client, requestId, toError } = yield* connect(exchange)
    const output = yield* Effect.tryPromise({
      try: () => client.send(new exchange.sdk.ConverseStreamCommand(request), { abortSignal }),
      catch: toError
    }).pipe(withinFirstByte(exchange))

    const events = output.stream?.[Symbol.asyncIterator]()
    if (events === undefined) return yield* truncated(exchange, requestId())
    let stopped = false
    /** Fails with nothing at the end. */
    const next: Effect.Effect<StreamedEvent, Option.Option<BedrockError>> = Effect.tryPromise({
      try: () => events.next(),
      catch: toError
    }).pipe(
      Effect.timeoutFail({ duration: exchange.idle, onTimeout: () => timeout(exchange, "IdleTimeout", exchange.idle) }),
      Effect.mapError(Option.some),
      Effect.flatMap(({ done, value }) => {
        if (done === true) return Effect.fail(stopped ? Option.none() : Option.some(truncated(exchange, requestId())))
        stopped ||= value.messageStop !== undefined
        return Effect.succeed({ ...value, requestId: requestId() })
      })
    )
    const head: Array<StreamedEvent> = []
    for (let shown = false; !shown;) {
      const event = yield* Effect.mapError(next, Option.getOrElse(() => truncated(exchange, requestId())))
      shown = event.messageStart === undefined
      head.push(event)
    }
    return { head, rest: Stream.repeatEffectOption(next) }
  })

const connect = (exchange: Exchange): Effect.Effect<{
  readonly client: BedrockRuntimeClient
  readonly requestId: () => string | undefined
  readonly toError: (error: unknown) => BedrockError
}> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const { attempt, endpoint, http, sdk } = exchange
    let answered = false
    let requestId: string | undefined
    const handler = gatewayHandler(http, attempt, runtime, (id) => {
      answered = true
      requestId = id
    })
    return {
      client: makeClient(sdk, { url: endpoint, region: attempt.region, identity: attempt.identity }, handler),
      requestId: () => requestId,
      toError: (error) => {
        if (error instanceof Refused) return error.error
        return answered ? fromStream(error, attempt, requestId) : fromThrown(error, attempt)
      }
    }
  })

const withinFirstByte = (exchange: Exchange) =>
  Effect.timeoutFail({
    duration: exchange.firstByte,
    onTimeout: () => timeout(exchange, "FirstByteTimeout", exchange.firstByte)
  })

const timeout = (
  exchange: Exchange,
  type: "FirstByteTimeout" | "IdleTimeout",
  limit: Duration.Duration
): BedrockError => {
  const missing = type === "FirstByteTimeout" ? "no answer" : "the answer stopped: nothing more"
  return failed({ reason: "Timeout", type, message: `${missing} within ${Duration.format(limit)}` }, exchange.attempt)
}

const truncated = (exchange: Exchange, requestId: string | undefined): BedrockError =>
  failed(
    {
      reason: "TruncatedStream",
      message: "the streamed answer ended before it was complete (no messageStop)",
      requestId
    },
    exchange.attempt
  )
