/** A conversation in the terminal: one line is one prompt, an empty line ends it. */
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import { Chat } from "@effect/ai"
import { NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Stream } from "effect"
import { createInterface } from "node:readline"

const bedrock = BedrockLanguageModel.layerConfig({
  url: Config.string("GATEWAY_URL"),
  token: Config.redacted("GATEWAY_TOKEN"),
  model: Config.withDefault(Config.string("GATEWAY_MODEL"), "anthropic.claude-sonnet-4-6")
})

const write = (text: string) => Effect.sync(() => void process.stdout.write(text))

const terminal = Effect.acquireRelease(
  Effect.sync(() => createInterface({ input: process.stdin })),
  (terminal) => Effect.sync(() => terminal.close())
)

const program = Effect.gen(function*() {
  const chat = yield* Chat.fromPrompt([{ role: "system", content: "Answer briefly, in plain text." }])
  const answer = (prompt: string) =>
    chat.streamText({ prompt }).pipe(
      Stream.runForEach((part) => part.type === "text-delta" ? write(part.delta) : Effect.void),
      // A failed answer does not end the conversation.
      Effect.catchAll((error) => write(error.message)),
      Effect.zipRight(write("\n> "))
    )
  yield* write("> ")
  yield* Stream.fromAsyncIterable(yield* terminal, (error) => new Error(String(error))).pipe(
    Stream.takeWhile((line) => line.trim() !== ""),
    Stream.runForEach(answer)
  )
})

NodeRuntime.runMain(program.pipe(Effect.scoped, Effect.provide(bedrock)))
