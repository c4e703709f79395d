import { LanguageModel } from "@effect/ai"
import { AmazonBedrockClient, AmazonBedrockLanguageModel } from "@effect/ai-amazon-bedrock"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { Console, Effect, Layer, Redacted } from "effect"

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

const program = LanguageModel.generateText({ prompt: "Hello." }).pipe(
  Effect.flatMap(({ text }) => Console.log(text)),
  Effect.catchTag(
    "HttpResponseError",
    ({ response }) => Console.log(response.status, String(response.headers["x-amzn-errortype"]).split(":")[0])
  ),
  Effect.provide(bedrock)
)
await Effect.runPromise(program)
