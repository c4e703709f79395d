// `LanguageModel.streamText` of the libraries, for a program without the command: it prints the text of an answer to its first argument.
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const bedrock = BedrockLanguageModel.layerGateway({
  url: process.env.ENDPOINT,
  token: Redacted.make(process.env.AWS_BEARER_TOKEN_BEDROCK),
  region: "us-east-1",
  model: "anthropic.claude-sonnet-4-6-v1"
})

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
