import { BedrockError } from "@altimate-code/provider/BedrockError"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { LanguageModel } from "@effect/ai"
import { Console, Effect, Option, Redacted } from "effect"

const bedrock = BedrockLanguageModel.layerGateway({
  url: "https://gw.example.com/bedrock/v1",
  token: Redacted.make("my-token"),
  model: "us.anthropic.claude-sonnet-4-6"
})

const program = LanguageModel.generateText({ prompt: "Hello." }).pipe(
  Effect.flatMap(({ text }) => Console.log(text)),
  Effect.catchAll((error) => {
    const { status, type } = Option.getOrThrow(BedrockError.fromAiError(error))
    return Console.log(status, type)
  }),
  Effect.provide(bedrock)
)
await Effect.runPromise(program)
