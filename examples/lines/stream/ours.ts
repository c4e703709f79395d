import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { LanguageModel } from "@effect/ai"
import { Effect, Redacted, Stream } from "effect"

const bedrock = BedrockLanguageModel.layerGateway({
  url: "https://gw.example.com/bedrock/v1",
  token: Redacted.make("my-token"),
  model: "us.anthropic.claude-sonnet-4-6"
})

const program = LanguageModel.streamText({ prompt: "What is a VPC endpoint?" }).pipe(
  Stream.runForEach((part) => Effect.sync(() => part.type === "text-delta" && process.stdout.write(part.delta)))
)
await Effect.runPromise(Effect.provide(program, bedrock))
