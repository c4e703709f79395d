import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import { LanguageModel } from "@effect/ai"
import { Console, Effect, Layer, Redacted } from "effect"

const bedrock = BedrockLanguageModel.layerGateway({
  url: "https://gw.example.com/bedrock/v1",
  token: Redacted.make("my-token"),
  model: "us.anthropic.claude-sonnet-4-6"
}).pipe(Layer.provide(RetryPolicy.layerLongTasks))

const program = LanguageModel.generateText({ prompt: "Hello." })
await Effect.runPromise(program.pipe(Effect.flatMap(({ text }) => Console.log(text)), Effect.provide(bedrock)))
