import { type AiError, LanguageModel } from "@effect/ai"
import { AmazonBedrockClient, AmazonBedrockLanguageModel } from "@effect/ai-amazon-bedrock"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { Console, Duration, Effect, Layer, Redacted, Schedule } from "effect"

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

const isOverloaded = (error: AiError.AiError) =>
  error._tag === "HttpResponseError" && [429, 503].includes(error.response.status)
const retryAfter = (error: AiError.AiError) =>
  error._tag === "HttpResponseError" ? Number(error.response.headers["retry-after"] ?? 0) : 0
const schedule = Schedule.exponential("500 millis").pipe(
  Schedule.union(Schedule.spaced("30 seconds")),
  Schedule.jittered,
  Schedule.intersect(Schedule.identity<AiError.AiError>()),
  Schedule.modifyDelay(([, error], delay) => Duration.max(delay, Duration.seconds(retryAfter(error)))),
  Schedule.upTo("10 minutes")
)

const program = LanguageModel.generateText({ prompt: "Hello." }).pipe(Effect.retry({ schedule, while: isOverloaded }))
await Effect.runPromise(program.pipe(Effect.flatMap(({ text }) => Console.log(text)), Effect.provide(bedrock)))
