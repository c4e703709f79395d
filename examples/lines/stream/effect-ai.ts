import { LanguageModel } from "@effect/ai"
import { AmazonBedrockClient, AmazonBedrockLanguageModel } from "@effect/ai-amazon-bedrock"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { Effect, Layer, Redacted, Stream } from "effect"

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

const program = LanguageModel.streamText({ prompt: "What is a VPC endpoint?" }).pipe(
  Stream.runForEach((part) => Effect.sync(() => part.type === "text-delta" && process.stdout.write(part.delta)))
)
await Effect.runPromise(Effect.provide(program, bedrock))
