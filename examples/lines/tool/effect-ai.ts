import { Chat, Tool, Toolkit } from "@effect/ai"
import { AmazonBedrockClient, AmazonBedrockLanguageModel } from "@effect/ai-amazon-bedrock"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { Console, Effect, Layer, Redacted, Schema } from "effect"

const bedrock = AmazonBedrockLanguageModel.layer({ model: "us.anthropic.claude-sonnet-4-6" }).pipe(
  Layer.provide(AmazonBedrockClient.layer({
    apiUrl: "https://gw.example.com/bedrock/v1",
    accessKeyId: "unused",
    secretAccessKey: Redacted.make("unused"),
    // It signs every request; the token replaces the signature.
    transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken("my-token"))
  })),
  Layer.provide(FetchHttpClient.layer)
)

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
