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
import type { StreamedEvent } from "../../BedrockClient.ts"
import type { BedrockError } from "../../BedrockError.ts"
import type { SigningScope } from "../../SigningScope.ts"
import { type AnswerIds, answerIds } from "../failure/answerIds.ts"
import { type Attempt, failed } from "../failure/fromAnswer.ts"
import { fromStream, fromThrown } from "../failure/fromThrown.ts"
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
  /** From the beginning of the request to the answer's first event. */
  readonly firstByte: Duration.Duration
  /** From one event to the next. */
  readonly idle: Duration.Duration
  /** Is a complete answer taken where a streamed one was asked for? */
  readonly takesWhole: boolean
}

/** Only the usage comes behind messageStop: an answer is complete without it, and not worth the wait of a thinking model. */
const usageWait = Duration.seconds(10)

/** A complete answer. */
export const answer = (
  exchange: Exchange,
  request: ConverseCommandInput
): Effect.Effect<ConverseCommandOutput, BedrockError> =>
  Effect.flatMap(connect(exchange), ({ client, refusal, toError }) =>
    Effect.tryPromise({
      try: (abortSignal) => client.send(new exchange.sdk.ConverseCommand(request), { abortSignal }),
      catch: toError
    }).pipe(withinFirstByte(exchange, refusal)))

/** A streamed answer of which something worth showing has come, so that from here on nothing may be tried again. */
export interface Opened {
  readonly head: ReadonlyArray<StreamedEvent>
  readonly rest: Stream.Stream<StreamedEvent, BedrockError>
  /** What the gateway did instead of streaming. */
  readonly notStreamed?: string
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
    const { client, ids, refusal, toError, whole } = yield* connect(exchange)
    const sent = yield* Effect.tryPromise({
      try: () => client.send(new exchange.sdk.ConverseStreamCommand(request), { abortSignal }),
      catch: toError
    }).pipe(withinFirstByte(exchange, refusal), Effect.either)
    if (sent._tag === "Left") {
      const response = whole()
      if (!exchange.takesWhole || response === undefined) return yield* Effect.fail(sent.left)
      return { ...yield* unfolded(exchange, request, response), notStreamed: sent.left.message }
    }

    const events = sent.right.stream?.[Symbol.asyncIterator]()
    if (events === undefined) return yield* truncated(exchange, ids())
    let stopped = false
    /** Fails with nothing at the end. */
    const next: Effect.Effect<StreamedEvent, Option.Option<BedrockError>> = Effect.suspend(() =>
      Effect.tryPromise({ try: () => events.next(), catch: toError }).pipe(
        Effect.timeoutFail({
          duration: stopped ? Duration.min(exchange.idle, usageWait) : exchange.idle,
          onTimeout: () => timeout(exchange, "IdleTimeout", ids())
        })
      )
    ).pipe(
      // Whatever breaks behind messageStop, the answer is complete.
      Effect.catchAll((error) =>
        stopped
          ? Effect.zipRight(
            Effect.logDebug(`nothing more behind the answer's end: ${error.message}`),
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
    for (let shown = false; !shown;) {
      const event = yield* Effect.mapError(next, Option.getOrElse(() => truncated(exchange, ids())))
      shown = event.messageStart === undefined
      head.push(event)
    }
    return { head, rest: Stream.repeatEffectOption(next) }
  })

/** A complete answer that came in place of a streamed one: the SDK reads it as if it had asked for it. */
const unfolded = (
  exchange: Exchange,
  request: ConverseStreamCommandInput,
  response: NonNullable<NotStreamed["whole"]>
): Effect.Effect<Opened, BedrockError> =>
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
  /** Of the answer, once its head is there. */
  readonly ids: () => AnswerIds
  /** The failure that the answer is by what has been read of it; none before its head, or when it is the expected one. */
  readonly refusal: () => BedrockError | undefined
  /** A complete answer that came in place of a streamed one. */
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
      onAnswer: (answered) => ids = answered,
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

/** An error whose page does not end is that error all the same. */
const withinFirstByte = (exchange: Exchange, refusal: Connection["refusal"]) =>
  Effect.timeoutFail({
    duration: exchange.firstByte,
    onTimeout: () => refusal() ?? timeout(exchange, "FirstByteTimeout", {})
  })

const timeout = (exchange: Exchange, type: "FirstByteTimeout" | "IdleTimeout", ids: AnswerIds): BedrockError => {
  const message = type === "FirstByteTimeout"
    ? `no answer within ${Duration.format(exchange.firstByte)} (options.timeout.firstByte)`
    : `the answer stopped: nothing more within ${Duration.format(exchange.idle)} (options.timeout.idle)`
  return failed({ reason: "Timeout", type, message, ...ids }, exchange.attempt)
}

const truncated = (exchange: Exchange, ids: AnswerIds): BedrockError =>
  failed(
    {
      reason: "TruncatedStream",
      message: "the streamed answer ended before it was complete (no messageStop)",
      ...ids
    },
    exchange.attempt
  )
