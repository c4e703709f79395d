import { AuthError } from "@altimate-code/auth/AuthError"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { LanguageModel } from "@effect/ai"
import { Console, Effect, Layer, Redacted } from "effect"

const readToken = Effect.tryPromise({
  try: async () =>
    Redacted.make(((await (await fetch("https://vault.example.com/token")).json()) as { token: string }).token),
  catch: () => new AuthError({ reason: "TokenCommand", message: "The vault has no token." })
})
const bedrock = Layer.unwrapEffect(
  Effect.map(Effect.cachedWithTTL(readToken, "10 minutes"), (token) =>
    BedrockLanguageModel.layerGateway({
      url: "https://gw.example.com/bedrock/v1",
      token,
      model: "us.anthropic.claude-sonnet-4-6"
    }))
)

const program = LanguageModel.generateText({ prompt: "Hello." })
await Effect.runPromise(program.pipe(Effect.flatMap(({ text }) => Console.log(text)), Effect.provide(bedrock)))
