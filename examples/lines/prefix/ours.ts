import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { LanguageModel } from "@effect/ai"
import { Console, Effect, Redacted } from "effect"

const bedrock = BedrockLanguageModel.layerGateway({
  url: "https://gw.example.com/bedrock/v1",
  token: Redacted.make("my-token"),
  region: process.env["AWS_REGION"] ?? "eu-central-1",
  model: "anthropic.claude-sonnet-4-6"
})

const program = LanguageModel.generateText({ prompt: "Hello." })
await Effect.runPromise(program.pipe(Effect.flatMap(({ text }) => Console.log(text)), Effect.provide(bedrock)))
