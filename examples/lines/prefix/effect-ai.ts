import { LanguageModel } from "@effect/ai"
import { AmazonBedrockClient, AmazonBedrockLanguageModel } from "@effect/ai-amazon-bedrock"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { Console, Effect, Layer, Redacted } from "effect"

/** The first rule that matches. Only for Claude; other families have other regions. */
const rules: ReadonlyArray<readonly [region: RegExp, prefix: string]> = [
  [/^us-(?!gov-)/, "us."],
  [/^eu-/, "eu."],
  [/^ap-northeast-1$/, "jp."],
  [/^ap-southeast-[24]$/, "au."],
  [/^ap-/, "apac."]
]
const region = process.env["AWS_REGION"] ?? "eu-central-1"
const prefix = rules.find(([pattern]) => pattern.test(region))?.[1] ?? ""

const bedrock = AmazonBedrockLanguageModel.layer({ model: `${prefix}anthropic.claude-sonnet-4-6` }).pipe(
  Layer.provide(AmazonBedrockClient.layer({
    apiUrl: "https://gw.example.com/bedrock/v1",
    accessKeyId: "unused",
    secretAccessKey: Redacted.make("unused"),
    // It signs every request; the token replaces the signature.
    transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken("my-token"))
  })),
  Layer.provide(FetchHttpClient.layer)
)

const program = LanguageModel.generateText({ prompt: "Hello." })
await Effect.runPromise(program.pipe(Effect.flatMap(({ text }) => Console.log(text)), Effect.provide(bedrock)))
