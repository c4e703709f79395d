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
import type { BedrockError } from "../../BedrockError.ts"
import type { SigningScope } from "../../SigningScope.ts"
import type { StreamedEvent } from "../../StreamedEvent.ts"
import { type AnswerIds, answerIds } from "../failure/answerIds.ts"
import type { Attempt } from "../failure/attempt.ts"
import { fromStream, fromThrown } from "../failure/fromThrown.ts"
import { makeError } from "../failure/makeError.ts"
import { toStreamed } from "../protocol/response/eventsOfWhole.ts"
import { gatewayHandler, type Handler, NotStreamed, Refused } from "./gatewayHandler.ts"
import { makeClient, type Sdk, type Target } from "./sdk.ts"

export interface Exchange {
  readonly sdk: Sdk
  readonly http: Handler
  /** The base URL; see `Endpoint`. */
  readonly endpoint: string
  /** What AWS signatures are made for. */
  readonly signing: SigningScope
  readonly attempt: Attempt
  /** The time limit until the first event, or until a complete answer. */
  readonly firstByte: Duration.Duration
  /** The time limit between two events. */
  readonly idle: Duration.Duration
  /** Whether a complete answer is accepted in place of a streamed one. */
  readonly acceptsWhole: boolean
}

/** Only the usage follows messageStop. The answer is complete without it, so the wait for it is short. */
const usageTimeout = Duration.seconds(10)

/** Requests a complete answer. */
export const sendWhole = (
  exchange: Exchange,
  request: ConverseCommandInput
): Effect.Effect<ConverseCommandOutput, BedrockError> =>
  Effect.flatMap(connect(exchange), ({ client, refusal, toError }) =>
    Effect.tryPromise({
      try: (abortSignal) => client.send(new exchange.sdk.ConverseCommand(request), { abortSignal }),
      catch: toError
    }).pipe(withinFirstByte(exchange, refusal)))

/** A streamed answer whose first visible event has arrived: from here on, the request must not be retried. */
export interface OpenStream {
  readonly head: ReadonlyArray<StreamedEvent>
  readonly rest: Stream.Stream<StreamedEvent, BedrockError>
  /** What the gateway did instead of streaming, if it did not stream. */
  readonly notStreamed?: string
}

/** Requests a streamed answer. Closing the scope before its last event closes the connection; afterwards the connection is reused. */
export const openStream = (
  exchange: Exchange,
  request: ConverseStreamCommandInput
): Effect.Effect<OpenStream, BedrockError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  ).pipe(
    Effect.flatMap((controller) =>
      // The connection of a failed attempt is closed before the next attempt, not with the scope.
      Effect.onError(readHead(exchange, request, controller.signal), () => Effect.sync(() => controller.abort()))
    )
  )

const readHead = (
  exchange: Exchange,
  request: ConverseStreamCommandInput,
  abortSignal: AbortSignal
): Effect.Effect<OpenStream, BedrockError> =>
  Effect.gen(function*() {
    const { client, ids, refusal, toError, whole } = yield* connect(exchange)
    const sent = yield* Effect.tryPromise({
      try: () => client.send(new exchange.sdk.ConverseStreamCommand(request), { abortSignal }),
      catch: toError
    }).pipe(withinFirstByte(exchange, refusal), Effect.either)
    if (sent._tag === "Left") {
      const response = whole()
      if (!exchange.acceptsWhole || response === undefined) return yield* Effect.fail(sent.left)
      return { ...yield* readWhole(exchange, request, response), notStreamed: sent.left.message }
    }

    const events = sent.right.stream?.[Symbol.asyncIterator]()
    if (events === undefined) return yield* truncated(exchange, ids())
    let stopped = false
    /** Fails with none at the end of the events. */
    const next: Effect.Effect<StreamedEvent, Option.Option<BedrockError>> = Effect.suspend(() =>
      Effect.tryPromise({ try: () => events.next(), catch: toError }).pipe(
        Effect.timeoutFail({
          duration: stopped ? Duration.min(exchange.idle, usageTimeout) : exchange.idle,
          onTimeout: () => timeout(exchange, "IdleTimeout", ids())
        })
      )
    ).pipe(
      // After messageStop the answer is complete, whatever fails.
      Effect.catchAll((error) =>
        stopped
          ? Effect.zipRight(
            Effect.logDebug(`after the end of the answer: ${error.message}`),
            Effect.fail(Option.none())
          )
          : Effect.fail(Option.some(error))
      ),
      Effect.flatMap(({ done, value }) => {
        if (done === true) return Effect.fail(stopped ? Option.none() : Option.some(truncated(exchange, ids())))
        stopped ||= value.messageStop !== undefined
        return Effect.succeed({ ...value, requestId: ids().requestId })
      })
    )
    const head: Array<StreamedEvent> = []
    for (let isVisible = false; !isVisible;) {
      const event = yield* Effect.mapError(next, Option.getOrElse(() => truncated(exchange, ids())))
      isVisible = event.messageStart === undefined
      head.push(event)
    }
    return { head, rest: Stream.repeatEffectOption(next) }
  })

/** Lets the SDK decode a complete answer that came in place of a streamed one, as if it had been requested. */
const readWhole = (
  exchange: Exchange,
  request: ConverseStreamCommandInput,
  response: NonNullable<NotStreamed["whole"]>
): Effect.Effect<OpenStream, BedrockError> =>
  Effect.tryPromise({
    try: () =>
      makeClient(exchange.sdk, target(exchange), { handle: async () => ({ response }) })
        .send(new exchange.sdk.ConverseCommand(request)),
    catch: (error) => fromStream(error, exchange.attempt, answerIds(response.headers))
  }).pipe(
    Effect.map((output) => ({ head: toStreamed(output), rest: Stream.empty }))
  )

const target = ({ attempt, endpoint, signing }: Exchange): Target => ({
  url: endpoint,
  signing,
  region: attempt.region,
  identity: attempt.identity,
  headers: attempt.headers
})

interface Connection {
  readonly client: BedrockRuntimeClient
  /** The response's IDs; empty before its headers have arrived. */
  readonly ids: () => AnswerIds
  /** The error for what has been read of a response so far; none before its headers, or if it is the expected response. */
  readonly refusal: () => BedrockError | undefined
  /** The complete answer that came in place of a streamed one, if one did. */
  readonly whole: () => NotStreamed["whole"]
  readonly toError: (error: unknown) => BedrockError
}

const connect = (exchange: Exchange): Effect.Effect<Connection> =>
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const { attempt, http, sdk } = exchange
    let ids: AnswerIds | undefined
    let refusal: (() => BedrockError) | undefined
    let whole: NotStreamed["whole"]
    const handler = gatewayHandler(http, attempt, runtime, {
      onAnswer: (received) => ids = received,
      onRefusal: (soFar) => refusal = soFar
    })
    return {
      client: makeClient(sdk, target(exchange), handler),
      ids: () => ids ?? {},
      refusal: () => refusal?.(),
      whole: () => whole,
      toError: (error) => {
        if (error instanceof NotStreamed) whole = error.whole
        if (error instanceof Refused) return error.error
        return ids === undefined ? fromThrown(error, attempt) : fromStream(error, attempt, ids)
      }
    }
  })

/** A timeout while an error page is read fails with that error. */
const withinFirstByte = (exchange: Exchange, refusal: Connection["refusal"]) =>
  Effect.timeoutFail({
    duration: exchange.firstByte,
    onTimeout: () => refusal() ?? timeout(exchange, "FirstByteTimeout", {})
  })

const timeout = (exchange: Exchange, type: "FirstByteTimeout" | "IdleTimeout", ids: AnswerIds): BedrockError => {
  const message = type === "FirstByteTimeout"
    ? `no answer within ${Duration.format(exchange.firstByte)}`
    : `the answer stalled: no event within ${Duration.format(exchange.idle)}`
  return makeError({ reason: "Timeout", type, message, ...ids }, exchange.attempt)
}

const truncated = (exchange: Exchange, ids: AnswerIds): BedrockError =>
  makeError(
    {
      reason: "TruncatedStream",
      message: "the streamed answer ended before it was complete (no messageStop)",
      ...ids
    },
    exchange.attempt
  )
