// `LanguageModel.streamText` of the libraries, for a program without the command: it prints the text of an answer to its first argument.
import * as Auth from "@altimate-code/auth/Auth"
import * as AwsCredentials from "@altimate-code/auth/AwsCredentials"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import * as TokenCommand from "@altimate-code/auth/TokenCommand"
import * as TokenPrecedence from "@altimate-code/auth/TokenPrecedence"
import * as Directories from "@altimate-code/config/Directories"
import * as RegionFallback from "@altimate-code/config/RegionFallback"
import * as Settings from "@altimate-code/config/Settings"
import * as TrustPolicy from "@altimate-code/config/trust/TrustPolicy"
import * as Secrets from "@altimate-code/log/Secrets"
import * as PrefixRules from "@altimate-code/model-id/PrefixRules"
import * as Network from "@altimate-code/network/Network"
import * as BedrockClient from "@altimate-code/provider/BedrockClient"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import * as EndpointPolicy from "@altimate-code/provider/EndpointPolicy"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

const policies = Layer.mergeAll(
  TokenPrecedence.layer,
  RegionFallback.layer,
  TrustPolicy.layer,
  PrefixRules.layer,
  EndpointPolicy.layer,
  RetryPolicy.layer
)

const origin = { _tag: "Default" }
const settings = Layer.succeed(Settings.Settings, {
  ...Settings.defaults,
  baseURL: Option.some({ value: process.env.ENDPOINT, origin }),
  region: { value: "us-east-1", origin }
})

const bedrock = BedrockLanguageModel.layer({ model: "anthropic.claude-sonnet-4-6-v1" }).pipe(
  Layer.provide(BedrockClient.layer()),
  Layer.provide(Auth.layer),
  Layer.provide([AwsCredentials.layer, CredentialStore.layer, TokenCommand.layer({ environment: process.env })]),
  Layer.provide(Network.layer),
  Layer.provide(settings),
  Layer.provide([policies, Directories.layer, Secrets.layer]),
  Layer.provide(NodeContext.layer)
)

void LanguageModel.streamText({ prompt: process.argv[2] }).pipe(
  Stream.runForEach((part) =>
    Effect.sync(() => {
      if (part.type === "text-delta") process.stdout.write(part.delta)
    })
  ),
  Effect.provide(bedrock),
  Logger.withMinimumLogLevel(LogLevel.Warning),
  Effect.runPromise
)
