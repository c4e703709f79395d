import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { LanguageModel } from "@effect/ai"
import { Console, Effect, Redacted, Schema } from "effect"

const bedrock = BedrockLanguageModel.layerGateway({
  url: "https://gw.example.com/bedrock/v1",
  token: Redacted.make("my-token"),
  model: "us.anthropic.claude-sonnet-4-6"
})

const program = LanguageModel.generateObject({
  prompt: "Invoice 17 of ACME, total 120.50 EUR",
  objectName: "invoice",
  schema: Schema.Struct({ vendor: Schema.String, total: Schema.Number })
})
const main = Effect.flatMap(program, ({ value }) => Console.log(value.vendor, value.total))
await Effect.runPromise(Effect.provide(main, bedrock))
