import { LanguageModel } from "@effect/ai"
import { AmazonBedrockClient, AmazonBedrockLanguageModel } from "@effect/ai-amazon-bedrock"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { Console, Effect, Layer, Redacted } from "effect"

const readToken = Effect.tryPromise(async () =>
  Redacted.make(((await (await fetch("https://vault.example.com/token")).json()) as { token: string }).token)
)
const client = Layer.unwrapEffect(
  Effect.map(Effect.cachedWithTTL(readToken, "10 minutes"), (token) =>
    AmazonBedrockClient.layer({
      apiUrl: "https://gw.example.com/bedrock/v1",
      accessKeyId: "unused",
      secretAccessKey: Redacted.make("unused"),
      // It signs every request; the token replaces the signature. The types allow no failure here.
      transformClient: HttpClient.mapRequestEffect((request) =>
        Effect.map(Effect.orDie(token), (token) => HttpClientRequest.bearerToken(request, token))
      )
    }))
)
const bedrock = AmazonBedrockLanguageModel.layer({ model: "us.anthropic.claude-sonnet-4-6" }).pipe(
  Layer.provide(client),
  Layer.provide(FetchHttpClient.layer)
)

const program = LanguageModel.generateText({ prompt: "Hello." })
await Effect.runPromise(program.pipe(Effect.flatMap(({ text }) => Console.log(text)), Effect.provide(bedrock)))
