/** Sends a single attempt at a request, without retries. */
import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput
} from "@aws-sdk/client-bedrock-runtime"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { BedrockError } from "../../BedrockError.ts"
import type { SigningScope } from "../../SigningScope.ts"
import { ReadInterval, type StreamedEvent } from "../../StreamedEvent.ts"
import type { Attempt } from "../failure/attempt.ts"
import { fromStream, fromThrown } from "../failure/fromThrown.ts"
import { makeError } from "../failure/makeError.ts"
import { readResponseIds, type ResponseIds } from "../failure/responseIds.ts"
import { toEvents } from "../protocol/response/responseEvents.ts"
import type { Batch } from "./eventStreamSerde.ts"
import { gatewayHandler, type Handler, NotStreamed, Refused } from "./gatewayHandler.ts"
import { makeReadLimit, ReadTimeout } from "./readLimit.ts"
import { makeClient, type Sdk, type Target } from "./sdk.ts"

export interface Exchange {
  readonly sdk: Sdk
  readonly http: Handler
  /** The base URL; see `Endpoint`. */
  readonly endpoint: string
  /** The scope of AWS signatures. */
  readonly signing: SigningScope
  readonly attempt: Attempt
  /** The time limit for the first event, or for a complete response. */
  readonly firstByte: Duration.Duration
  /** The time limit for the next event. */
  readonly idle: Duration.Duration
  /** Whether to accept a complete response to a streaming request. */
  readonly acceptsComplete: boolean
}

/** How long to wait for the usage after messageStop. The answer is complete without it. */
const usageTimeout = Duration.seconds(10)

/** Sends a request for a complete response. */
export const sendConverse = (
  exchange: Exchange,
  request: ConverseCommandInput
): Effect.Effect<ConverseCommandOutput, BedrockError> =>
  Effect.flatMap(makeExchangeClient(exchange), ({ client, refusal, toError }) =>
    Effect.tryPromise({
      try: (abortSignal) => client.send(new exchange.sdk.ConverseCommand(request), { abortSignal }),
      catch: toError
    }).pipe(limitFirstByte(exchange, refusal)))

/** A response stream whose first visible event has arrived. From now on, the request must not be retried. */
export interface OpenStream {
  readonly head: Chunk.Chunk<StreamedEvent>
  readonly rest: Stream.Stream<StreamedEvent, BedrockError>
  /** If the gateway did not stream: what it did instead. */
  readonly notStreamed?: string
}

/** Sends a request for a stream. Closing the scope before the last event closes the connection; otherwise it is reused. */
export const openStream = (
  exchange: Exchange,
  request: ConverseStreamCommandInput
): Effect.Effect<OpenStream, BedrockError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  ).pipe(
    Effect.flatMap((controller) =>
      // Close the connection of a failed attempt now: the scope stays open during the next attempt.
      Effect.onError(readHead(exchange, request, controller.signal), () => Effect.sync(() => controller.abort()))
    )
  )

const readHead = (
  exchange: Exchange,
  request: ConverseStreamCommandInput,
  abortSignal: AbortSignal
): Effect.Effect<OpenStream, BedrockError, Scope.Scope> =>
  Effect.gen(function*() {
    const { client, ids, refusal, toError, complete } = yield* makeExchangeClient(exchange)
    const sent = yield* Effect.tryPromise({
      try: () => client.send(new exchange.sdk.ConverseStreamCommand(request), { abortSignal }),
      catch: toError
    }).pipe(limitFirstByte(exchange, refusal), Effect.either)
    if (sent._tag === "Left") {
      const response = complete()
      if (!exchange.acceptsComplete || response === undefined) return yield* Effect.fail(sent.left)
      return { ...yield* decodeComplete(exchange, request, response), notStreamed: sent.left.message }
    }

    // The SDK passes on what its client's `eventStreamSerdeProvider` yields.
    const stream = sent.right.stream as AsyncIterable<Batch> | undefined
    if (stream === undefined) return yield* makeTruncatedError(exchange, ids())
    const batches = stream[Symbol.asyncIterator]()
    const readInTime = yield* makeReadLimit(exchange.idle)
    const makeIdleError = () => makeTimeoutError(exchange, "IdleTimeout", ids())
    const pause = yield* makePause
    let hasStopped = false
    /** Fails with none at the end of the stream. */
    const next: Effect.Effect<Chunk.Chunk<StreamedEvent>, Option.Option<BedrockError>> = Effect.suspend(() =>
      hasStopped
        ? Effect.timeoutFail(Effect.tryPromise({ try: () => batches.next(), catch: toError }), {
          duration: Duration.min(exchange.idle, usageTimeout),
          onTimeout: makeIdleError
        })
        : Effect.tryPromise({
          try: () => readInTime(() => batches.next()),
          catch: (error) => error instanceof ReadTimeout ? makeIdleError() : toError(error)
        })
    ).pipe(
      // After messageStop the answer is complete, so later failures do not matter.
      Effect.catchAll((error) =>
        hasStopped
          ? Effect.zipRight(
            Effect.logDebug(`ignored after messageStop: ${error.message}`),
            Effect.fail(Option.none())
          )
          : Effect.fail(Option.some(error))
      ),
      Effect.flatMap(({ done, value }) => {
        if (done === true) {
          return Effect.fail(hasStopped ? Option.none() : Option.some(makeTruncatedError(exchange, ids())))
        }
        hasStopped ||= value.some(({ messageStop }) => messageStop !== undefined)
        const { requestId } = ids()
        return Effect.succeed(Chunk.unsafeFromArray(value.map((event) => ({ ...event, requestId }))))
      })
    )
    let head = Chunk.empty<StreamedEvent>()
    while (Chunk.every(head, ({ messageStart }) => messageStart !== undefined)) {
      const events = yield* Effect.mapError(next, Option.getOrElse(() => makeTruncatedError(exchange, ids())))
      head = Chunk.appendAll(head, events)
    }
    // After messageStop only the usage follows, which does not come in pieces.
    const rest = pause === undefined
      ? next
      : Effect.zipRight(Effect.suspend(() => hasStopped ? Effect.void : pause), next)
    return { head, rest: Stream.repeatEffectChunkOption(rest) }
  })

/** Waits until the interval since it was last over has passed. Undefined without an interval. */
const makePause: Effect.Effect<Effect.Effect<void> | undefined> = Effect.gen(function*() {
  const interval = Duration.toMillis(yield* ReadInterval)
  if (interval === 0) return undefined
  const clock = yield* Clock.clockWith(Effect.succeed)
  let earliest = 0
  return Effect.suspend(() => {
    const now = clock.unsafeCurrentTimeMillis()
    const wait = earliest - now
    earliest = Math.max(now, earliest) + interval
    return wait > 0 ? Effect.sleep(wait) : Effect.void
  })
})

/** Lets the SDK decode a complete response to a streaming request. */
const decodeComplete = (
  exchange: Exchange,
  request: ConverseStreamCommandInput,
  response: NonNullable<NotStreamed["complete"]>
): Effect.Effect<OpenStream, BedrockError> =>
  Effect.tryPromise({
    try: () =>
      makeClient(exchange.sdk, toTarget(exchange), { handle: async () => ({ response }) })
        .send(new exchange.sdk.ConverseCommand(request)),
    catch: (error) => fromStream(error, exchange.attempt, readResponseIds(response.headers))
  }).pipe(
    Effect.map((output) => ({ head: Chunk.unsafeFromArray(toEvents(output)), rest: Stream.empty }))
  )

const toTarget = ({ attempt, endpoint, signing }: Exchange): Target => ({
  url: endpoint,
  signing,
  region: attempt.region,
  identity: attempt.identity,
  headers: attempt.headers
})

interface ExchangeClient {
  readonly client: BedrockRuntimeClient
  /** The response's IDs; empty until its headers have arrived. */
  readonly ids: () => ResponseIds
  /** The error for the part of the response that has been read; none if its headers are missing or it is the expected response. */
  readonly refusal: () => BedrockError | undefined
  /** The complete response to a streaming request, if there was one. */
  readonly complete: () => NotStreamed["complete"]
  readonly toError: (error: unknown) => BedrockError
}

const makeExchangeClient = (exchange: Exchange): Effect.Effect<ExchangeClient> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const { attempt, http, sdk } = exchange
    let ids: ResponseIds | undefined
    let refusal: (() => BedrockError) | undefined
    let complete: NotStreamed["complete"]
    const handler = gatewayHandler(http, attempt, runtime, {
      onResponse: (received) => ids = received,
      onRefusal: (soFar) => refusal = soFar
    })
    return {
      client: makeClient(sdk, toTarget(exchange), handler),
      ids: () => ids ?? {},
      refusal: () => refusal?.(),
      complete: () => complete,
      toError: (error) => {
        if (error instanceof NotStreamed) complete = error.complete
        if (error instanceof Refused) return error.error
        return ids === undefined ? fromThrown(error, attempt) : fromStream(error, attempt, ids)
      }
    }
  })

/** If the time limit is exceeded while an error page is being read, fails with that error. */
const limitFirstByte = (exchange: Exchange, refusal: ExchangeClient["refusal"]) =>
  Effect.timeoutFail({
    duration: exchange.firstByte,
    onTimeout: () => refusal() ?? makeTimeoutError(exchange, "FirstByteTimeout", {})
  })

const makeTimeoutError = (
  exchange: Exchange,
  type: "FirstByteTimeout" | "IdleTimeout",
  ids: ResponseIds
): BedrockError => {
  const message = type === "FirstByteTimeout"
    ? `no response within ${Duration.format(exchange.firstByte)}`
    : `the response stalled: no event within ${Duration.format(exchange.idle)}`
  return makeError({ reason: "Timeout", type, message, ...ids }, exchange.attempt)
}

const makeTruncatedError = (exchange: Exchange, ids: ResponseIds): BedrockError =>
  makeError(
    {
      reason: "TruncatedStream",
      message: "the response stream ended before it was complete (no messageStop)",
      ...ids
    },
    exchange.attempt
  )
