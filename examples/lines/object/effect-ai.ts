import { LanguageModel } from "@effect/ai"
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

const program = LanguageModel.generateObject({
  prompt: "Invoice 17 of ACME, total 120.50 EUR",
  objectName: "invoice",
  schema: Schema.Struct({ vendor: Schema.String, total: Schema.Number })
})
const main = Effect.flatMap(program, ({ value }) => Console.log(value.vendor, value.total))
await Effect.runPromise(Effect.provide(main, bedrock))
