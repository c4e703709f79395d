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
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { BedrockError } from "./BedrockError.ts"
import { type Endpoint, EndpointPolicy } from "./EndpointPolicy.ts"
import { answer, type Exchange, open } from "./internal/exchange.ts"
import { makeIdentify } from "./internal/identify.ts"
import { requestUrl } from "./internal/requestUrl.ts"
import { retrying } from "./internal/retrying.ts"
import { load } from "./internal/sdk.ts"
import { RetryPolicy } from "./RetryPolicy.ts"

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
   * its end closes the connection.
   */
  readonly converseStream: (request: ConverseStreamCommandInput) => Stream.Stream<StreamedEvent, BedrockError>
}

/**
 * The client.
 *
 * @since 0.1.0
 * @category services
 */
export class BedrockClient extends Context.Tag("@altimate-code/provider/BedrockClient")<BedrockClient, Service>() {}

/**
 * How long to wait. A model that thinks sends nothing, not even a sign of life, so the last two are generous.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** Until a connection stands; 10 seconds unless given. */
  readonly connect?: Duration.DurationInput
  /** Until the answer begins (a complete answer: until it is there); 5 minutes unless given. */
  readonly firstByte?: Duration.DurationInput
  /** Between two events of a streamed answer; 5 minutes unless given. */
  readonly idle?: Duration.DurationInput
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
    const endpoint = yield* (yield* EndpointPolicy).resolve(settings)
    yield* registerSecrets(endpoint.url)
    const identify = makeIdentify(yield* Auth, yield* AwsCredentials, region)
    yield* Effect.logInfo("found")
    yield* Effect.logInfo("endpoint").pipe(Effect.annotateLogs({ url: publicUrl(endpoint.url), why: endpoint.why }))

    let http: Handler | undefined
    yield* Effect.addFinalizer(() => Effect.sync(() => http?.destroy()))

    const attempting = <Request extends { readonly modelId: string | undefined }, A, R>(
      operation: "converse" | "converse-stream",
      once: (exchange: Exchange, request: Request) => Effect.Effect<A, BedrockError, R>
    ) =>
    (request: Request): Effect.Effect<A, BedrockError, R> =>
      Effect.flatMap(load, (sdk) => {
        // HTTP/1.1 unless configured, which every gateway speaks: the SDK's own choice for this service is HTTP/2.
        http ??= network.handler({ connectTimeout: limits.connect ?? "10 seconds", http2: settings.gateway.http2 })
        const exchange = {
          sdk,
          http,
          endpoint: endpoint.url,
          firstByte: Duration.decode(limits.firstByte ?? "5 minutes"),
          idle: Duration.decode(limits.idle ?? "5 minutes")
        }
        const url = requestUrl(endpoint.url, request.modelId, operation)
        return retrying(
          policy,
          identify,
          (identity, number) => once({ ...exchange, attempt: { operation, url, region, identity, number } }, request)
        )
      }).pipe(
        Effect.tapError(logFailure),
        Effect.annotateLogs(annotations)
      )

    const opened = attempting("converse-stream", open)
    return {
      endpoint,
      converse: attempting("converse", answer),
      converseStream: (request) =>
        Stream.unwrapScoped(
          Effect.map(
            opened(request),
            ({ head, rest }) => Stream.concat(Stream.fromIterable(head), Stream.tapError(rest, logFailure))
          )
        )
    }
  })

const logFailure = (error: BedrockError): Effect.Effect<void> =>
  Effect.logError("request failed").pipe(
    Effect.annotateLogs({
      ...annotations,
      error: error.message,
      reason: error.reason,
      attempts: error.attempts,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.requestId !== undefined && { requestId: error.requestId }),
      ...(error.url !== undefined && { url: error.url })
    })
  )
