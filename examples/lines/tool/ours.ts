import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { Chat, Tool, Toolkit } from "@effect/ai"
import { Console, Effect, Layer, Redacted, Schema } from "effect"

const bedrock = BedrockLanguageModel.layerGateway({
  url: "https://gw.example.com/bedrock/v1",
  token: Redacted.make("my-token"),
  model: "us.anthropic.claude-sonnet-4-6"
})

const Temperature = Tool.make("temperature", {
  description: "The temperature in a city, in degrees Celsius.",
  parameters: { city: Schema.String },
  success: Schema.Number
})
const toolkit = Toolkit.make(Temperature)
const handlers = toolkit.toLayer({ temperature: ({ city }) => Effect.succeed(city === "Oslo" ? 7 : 20) })

const program = Effect.gen(function*() {
  const chat = yield* Chat.empty
  let answer = yield* chat.generateText({ prompt: "How warm is it in Oslo?", toolkit })
  while (answer.finishReason === "tool-calls") answer = yield* chat.generateText({ prompt: [], toolkit })
  yield* Console.log(answer.text)
})
await Effect.runPromise(Effect.provide(program, Layer.merge(bedrock, handlers)))
