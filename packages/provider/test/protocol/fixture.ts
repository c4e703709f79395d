/** The client under test, with fakes of the packages below it and a real sandbox gateway. */
import { Auth } from "@altimate-code/auth/Auth"
import { AwsCredentials, type ResolvedAwsCredentials } from "@altimate-code/auth/AwsCredentials"
import type { Credential } from "@altimate-code/auth/Credential"
import * as Gateway from "@altimate-code/config/Gateway"
import type { Setting } from "@altimate-code/config/Origin"
import { defaults, Settings } from "@altimate-code/config/Settings"
import * as Secrets from "@altimate-code/log/Secrets"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Network from "@altimate-code/network/Network"
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import type { Fault, Turn } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as BedrockClient from "../../src/BedrockClient.ts"
import type { BedrockError } from "../../src/BedrockError.ts"
import * as EndpointPolicy from "../../src/EndpointPolicy.ts"
import * as LiveRetries from "../../src/RetryPolicy.ts"
import { RetryPolicy } from "../../src/RetryPolicy.ts"
import type { StreamedEvent } from "../../src/StreamedEvent.ts"

export const token = "bedrock-api-key-canary"

export const settings = (baseURL: string | undefined, region = "us-east-1", gateway: Partial<Gateway.Gateway> = {}) =>
  Layer.succeed(Settings, {
    ...defaults,
    baseURL: Option.map(
      Option.fromNullable(baseURL),
      (value): Setting<string> => ({ value, origin: { _tag: "Flag", flag: "test" } })
    ),
    region: { value: region, origin: { _tag: "Default" } },
    gateway: { ...Gateway.defaults, ...gateway }
  })

/** Always returns this credential. */
const always = (credential: Credential) =>
  Layer.succeed(Auth, { credential: Effect.succeed(credential), renew: () => Effect.succeed(credential) })

export const bearer = (value = token) =>
  always({
    _tag: "Bearer",
    token: Redacted.make(value),
    source: "environment",
    where: "AWS_BEARER_TOKEN_BEDROCK",
    considered: []
  })

/** Returns the tokens one by one, the next one after each refusal. */
export const commanded = (...tokens: ReadonlyArray<string>) => {
  const at = (index: number): Credential => ({
    _tag: "Bearer",
    token: Redacted.make(tokens[index] ?? tokens.at(-1) ?? ""),
    source: "command",
    where: "tokenCommand",
    considered: []
  })
  return Layer.succeed(Auth, {
    credential: Effect.succeed(at(0)),
    renew: (refused) => Effect.succeed(at(tokens.indexOf(Redacted.value(refused)) + 1))
  })
}

export const withoutToken = (_tag: "Headers" | "None") => always({ _tag, where: "options", considered: [] })

export const preferChain = always({
  _tag: "AwsChain",
  profile: Option.none(),
  where: "AWS credential chain",
  considered: []
})

/** A chain that must not be used. */
export const unusedChain = Layer.succeed(AwsCredentials, {
  resolve: () => Effect.dieMessage("the AWS credential chain was used")
})

export const keys = (name: string, refreshable = false): ResolvedAwsCredentials => ({
  accessKeyId: `AKIA${name}`,
  secretAccessKey: Redacted.make(`secret-${name}`),
  sessionToken: Option.some(Redacted.make(`session-${name}`)),
  expiration: Option.none(),
  source: `the ${name} step`,
  refreshable
})

export const awsKey = (name: string): Sandbox.AwsKey => ({
  accessKeyId: `AKIA${name}`,
  secretAccessKey: Redacted.make(`secret-${name}`),
  sessionToken: Redacted.make(`session-${name}`),
  region: "us-east-1"
})

export const chain = (resolved: ResolvedAwsCredentials) =>
  Layer.succeed(AwsCredentials, { resolve: () => Effect.succeed(resolved) })

/** The live policy without waits. */
export const withoutWaits = Layer.effect(
  RetryPolicy,
  Effect.map(RetryPolicy, ({ retryable }) => ({ schedule: Schedule.recurs(3), retryable }))
).pipe(Layer.provide(LiveRetries.layer))

export const noRetries = Layer.succeed(RetryPolicy, { schedule: Schedule.stop, retryable: () => true })

export const client = (url: string | undefined, options: {
  readonly auth?: Layer.Layer<Auth>
  readonly chain?: Layer.Layer<AwsCredentials>
  readonly retry?: Layer.Layer<RetryPolicy>
  readonly endpoint?: Layer.Layer<EndpointPolicy.EndpointPolicy>
  readonly limits?: BedrockClient.Limits
  readonly gateway?: Partial<Gateway.Gateway>
  readonly logger?: Logger.Logger<unknown, unknown>
} = {}) =>
  BedrockClient.layer(options.limits).pipe(
    Layer.provide(Layer.provide(Network.layerSettings, NodeContext.layer)),
    Layer.provideMerge(Layer.mergeAll(
      settings(url, undefined, options.gateway),
      options.auth ?? bearer(),
      options.chain ?? unusedChain,
      options.retry ?? withoutWaits,
      options.endpoint ?? EndpointPolicy.layer,
      PrefixRules.layer,
      Secrets.layer
    )),
    Layer.provideMerge(Logger.replace(Logger.defaultLogger, options.logger ?? Logger.none))
  )

export const hello: Turn = { blocks: [{ type: "text", text: ["Hel", "lo"] }] }
/** A turn that fails once in these ways, then succeeds. */
export const faulty = (...faults: ReadonlyArray<Fault>): Turn => ({ ...hello, faults })

export const request = {
  modelId: "us.anthropic.claude-sonnet-4-6-v1",
  messages: [{ role: "user" as const, content: [{ text: "Hi" }] }],
  inferenceConfig: { maxTokens: 100 }
}

export const textOf = (events: Iterable<StreamedEvent>) =>
  Array.from(events).map((event) => event.contentBlockDelta?.delta?.text ?? "").join("")

export const stream = Effect.flatMap(
  BedrockClient.BedrockClient,
  (bedrock) => Effect.map(Stream.runCollect(bedrock.converseStream(request)), Chunk.toReadonlyArray)
)
export const complete = Effect.flatMap(BedrockClient.BedrockClient, (bedrock) => bedrock.converse(request))

/** The error of an operation with a sandbox that fails in this way. */
export const failure = (
  operation: Effect.Effect<unknown, BedrockError, BedrockClient.BedrockClient>,
  fault: Fault,
  options?: Parameters<typeof client>[1]
) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.make({ script: [faulty(fault)] })
    const error = yield* operation.pipe(Effect.flip, Effect.provide(client(sandbox.url, options)))
    return { error, requests: yield* sandbox.requests }
  })
