/**
 * The two Bedrock Runtime operations that the product uses, with typed failures, retries and time limits.
 *
 * @since 0.1.0
 */
import { Auth } from "@altimate-code/auth/Auth"
import { AwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type { ConfigError } from "@altimate-code/config/ConfigError"
import { publicUrl, registerSecrets } from "@altimate-code/config/PublicUrl"
import { Settings } from "@altimate-code/config/Settings"
import type { Secrets } from "@altimate-code/log/Secrets"
import { type Handler, Network } from "@altimate-code/network/Network"
import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput,
  ConverseStreamOutput
} from "@aws-sdk/client-bedrock-runtime"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { BedrockError } from "./BedrockError.ts"
import { type Endpoint, EndpointPolicy } from "./EndpointPolicy.ts"
import { refuseInsecure } from "./internal/endpoint/refuseInsecure.ts"
import { requestUrl } from "./internal/endpoint/requestUrl.ts"
import { noStream } from "./internal/failure/fromAnswer.ts"
import { timeoutHint } from "./internal/failure/hint/hint.ts"
import { makeIdentify } from "./internal/identity/resolveIdentity.ts"
import { toStreamed } from "./internal/protocol/response/eventsOfWhole.ts"
import { answer, type Exchange, open } from "./internal/transport/exchange.ts"
import { retrying } from "./internal/transport/retryRequest.ts"
import { droppingRefused } from "./internal/transport/retryWithoutFields.ts"
import { load } from "./internal/transport/sdk.ts"
import { type Limit, RetryPolicy } from "./RetryPolicy.ts"
import * as SigningScope from "./SigningScope.ts"

/**
 * An event of a streamed answer, as the SDK has it; each carries AWS's request ID, if the answer had one.
 *
 * @since 0.1.0
 * @category models
 */
export type StreamedEvent = ConverseStreamOutput & { readonly requestId?: string | undefined }

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Where requests go, and why. */
  readonly endpoint: Endpoint
  /** A complete answer. Interrupting it closes the connection. */
  readonly converse: (request: ConverseCommandInput) => Effect.Effect<ConverseCommandOutput, BedrockError>
  /**
   * The events of an answer as they come; a normal end means that the answer is complete. Leaving the stream before
   * its end closes the connection. Events are handed on at once: of a buffered answer all come at the same time, after
   * the `latencyMs` that its `metadata` names.
   *
   * A complete answer's events come at once too: always with `options.streaming: "off"`; with `auto` from the first answer
   * on by which the gateway shows that it does not stream.
   */
  readonly converseStream: (request: ConverseStreamCommandInput) => Stream.Stream<StreamedEvent, BedrockError>
  /** May a streamed answer that broke off with this error be asked again, by whoever can take back or continue what it has shown? */
  readonly mayAskAgain: (error: BedrockError) => boolean
  /** What a person should know since the last time this was asked, in sentences. */
  readonly notices: Effect.Effect<ReadonlyArray<string>>
}

/**
 * The client.
 *
 * @since 0.1.0
 * @category services
 */
export class BedrockClient extends Context.Tag("@altimate-code/provider/BedrockClient")<BedrockClient, Service>() {}

/**
 * How long to wait; what is not given is the setting's, `options.timeout`. A model that thinks sends nothing, not even a
 * sign of life, so `firstByte` and `idle` are generous.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** Until a connection stands; 10 seconds unless given. */
  readonly connect?: Duration.DurationInput
  /** Until the answer's first event (a complete or a refused answer: until it is there); 5 minutes unless given. */
  readonly firstByte?: Duration.DurationInput
  /** Between two events of a streamed answer; 5 minutes unless given. */
  readonly idle?: Duration.DurationInput
  /** For a whole request, with all its attempts and its answer's last event; none unless given. */
  readonly total?: Duration.DurationInput | false
  /** For the waits before a request is sent again, if that is less than the settings and the policy allow. */
  readonly retry?: Duration.DurationInput
}

/**
 * The client over the AWS SDK, which is loaded at the first request. The endpoint is decided once, the credential at
 * every attempt. Secrets in the endpoint's URL are registered with `Secrets`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  limits: Limits = {}
): Layer.Layer<
  BedrockClient,
  ConfigError,
  Settings | Auth | AwsCredentials | EndpointPolicy | Network | RetryPolicy | Secrets
> => Layer.scoped(BedrockClient, Effect.annotateLogs(make(limits), annotations))

const annotations = { service: "provider", providerID: "amazon-bedrock" }

const make = (limits: Limits): Effect.Effect<
  Service,
  ConfigError,
  Settings | Auth | AwsCredentials | EndpointPolicy | Network | RetryPolicy | Secrets | Scope.Scope
> =>
  Effect.gen(function*() {
    const settings = yield* Settings
    const policy = yield* RetryPolicy
    const network = yield* Network
    const region = settings.region.value
    const { drop, headers, limits: configured, retry, streaming } = settings.gateway
    const endpoint = yield* (yield* EndpointPolicy).resolve(settings)
    yield* registerSecrets(endpoint.url)
    yield* refuseInsecure(endpoint, settings.gateway)
    const identify = makeIdentify(yield* Auth, yield* AwsCredentials, region)
    yield* Effect.logInfo("found")
    yield* Effect.logInfo("endpoint").pipe(Effect.annotateLogs({ url: publicUrl(endpoint.url), why: endpoint.why }))

    const signing = SigningScope.resolve(settings, endpoint.url)
    yield* Effect.logDebug("signatures").pipe(Effect.annotateLogs({ ...signing }))

    const connect = Duration.decode(limits.connect ?? configured.connect ?? "10 seconds")
    const firstByte = Duration.decode(limits.firstByte ?? configured.firstByte ?? "5 minutes")
    const idle = Duration.decode(limits.idle ?? configured.idle ?? "5 minutes")
    const total = limits.total ?? configured.total ?? false
    const limit = (error: BedrockError): Limit => {
      const allowed = policy.limit?.(error, retry) ?? { total: Duration.infinity }
      return { ...allowed, total: Duration.min(allowed.total, limits.retry ?? Duration.infinity) }
    }

    const notices = yield* Ref.make<ReadonlyArray<string>>([])
    const notify = (notice: string) =>
      Effect.zipRight(Effect.logWarning(notice), Ref.update(notices, (before) => [...before, notice]))
    const dropping = { fields: yield* Ref.make(drop), notify }

    const answeredUrls = yield* Ref.make<ReadonlySet<string>>(new Set())

    let http: Handler | undefined
    yield* Effect.addFinalizer(() => Effect.sync(() => http?.destroy()))

    const attempting = <Request extends ConverseCommandInput, A, R>(
      operation: "converse" | "converse-stream",
      once: (exchange: Exchange, request: Request) => Effect.Effect<A, BedrockError, R>
    ) =>
    (given: Request, sent: Sent): Effect.Effect<A, BedrockError, R> =>
      Effect.flatMap(load, (sdk) => {
        // HTTP/1.1 unless configured, which every gateway speaks: the SDK's own choice for this service is HTTP/2.
        http ??= network.handler({ connectTimeout: connect, http2: settings.gateway.http2 })
        const takesWhole = streaming.value === "auto"
        const exchange = { sdk, http, endpoint: endpoint.url, signing, firstByte, idle, takesWhole }
        return droppingRefused(dropping, given, (request, drop) => {
          const url = requestUrl(endpoint.url, request.modelId, operation)
          return retrying(
            { ...policy, limit, identify },
            (identity, number) =>
              Effect.flatMap(Ref.get(answeredUrls), (answered) => {
                Object.assign(sent, { url, attempts: number })
                const attempt = { operation, url, region, identity, number, headers, drop, connect, answered }
                return once({ ...exchange, attempt }, request).pipe(
                  Effect.tap(() => Ref.update(answeredUrls, (before) => new Set(before).add(url)))
                )
              })
          )
        })
      })

    const answered = attempting("converse", answer)
    const opened = attempting("converse-stream", open)
    const whole = (request: ConverseCommandInput, sent: Sent) =>
      Effect.map(answered(request, sent), (output) => ({ head: toStreamed(output), rest: Stream.empty }))

    const streams = yield* Ref.make(streaming.value !== "off")
    /** Once: requests that run at the same time may all find out. */
    const doesNotStream = (what: string) =>
      Effect.flatMap(Ref.getAndSet(streams, false), (first) => {
        if (!first) return Effect.void
        const notice =
          `The gateway does not stream: ${what}. From here on answers are asked for as a whole, and appear when they `
          + "are complete; \"streaming\": \"off\" in the options does so from the start."
        return notify(notice)
      })

    const streamedOrWhole = (request: ConverseStreamCommandInput, sent: Sent) =>
      Effect.flatMap(Ref.get(streams), (asks) => {
        if (!asks) return whole(request, sent)
        return opened(request, sent).pipe(
          Effect.tap(({ notStreamed }) => notStreamed === undefined ? Effect.void : doesNotStream(notStreamed)),
          // Nothing was shown so far.
          Effect.catchIf(
            (error) => error.type === noStream && streaming.value === "auto",
            (error) => Effect.zipRight(doesNotStream(error.message), whole(request, sent))
          )
        )
      })

    return {
      endpoint,
      mayAskAgain: (error) => retry.midAnswer && policy.retryable(error),
      notices: Ref.getAndSet(notices, []),
      converse: (request) =>
        Effect.suspend(() => {
          const sent: Sent = { attempts: 0 }
          const answer = answered(request, sent)
          return total === false
            ? answer
            : Effect.timeoutFail(answer, { duration: total, onTimeout: () => ended(sent, total) })
        }).pipe(Effect.tapError(logFailure), Effect.annotateLogs(annotations)),
      converseStream: (request) =>
        Stream.suspend(() => {
          const sent: Sent = { attempts: 0 }
          const events = Stream.unwrapScoped(
            Effect.map(
              Effect.annotateLogs(streamedOrWhole(request, sent), annotations),
              ({ head, rest }) => Stream.concat(Stream.fromIterable(head), rest)
            )
          )
          return total === false
            ? events
            : Stream.interruptWhen(events, Effect.delay(Effect.suspend(() => Effect.fail(ended(sent, total))), total))
        }).pipe(Stream.tapError(logFailure))
    }
  })

/** How far a request has come. */
interface Sent {
  /** Of the last attempt. */
  readonly url?: string
  readonly attempts: number
}

const ended = (sent: Sent, total: Duration.DurationInput): BedrockError => {
  const failure = {
    reason: "Timeout",
    type: "TotalTimeout",
    message: `the answer was not complete within ${Duration.format(total)} (options.timeout.total)`
  } as const
  return new BedrockError({ ...failure, hint: timeoutHint(failure), ...sent })
}

const logFailure = (error: BedrockError): Effect.Effect<void> =>
  Effect.logError("request failed").pipe(
    Effect.annotateLogs({
      ...annotations,
      error: error.message,
      reason: error.reason,
      attempts: error.attempts,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.requestId !== undefined && { requestId: error.requestId }),
      ...(error.gatewayRequestId !== undefined && { gatewayRequestId: error.gatewayRequestId }),
      ...(error.url !== undefined && { url: error.url }),
      ...(error.detail !== undefined && { answer: error.detail })
    })
  )
