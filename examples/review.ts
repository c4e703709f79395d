/** Reviews the diff on standard input, one finding per line. The exit code is 1 if there are findings, so that CI stops. */
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import * as RetryPolicy from "@altimate-code/provider/RetryPolicy"
import { LanguageModel } from "@effect/ai"
import { NodeRuntime, NodeStream } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Schema, Stream } from "effect"

// CI can wait for a rate limit.
const bedrock = BedrockLanguageModel.layerConfig({
  url: Config.string("GATEWAY_URL"),
  token: Config.redacted("GATEWAY_TOKEN"),
  model: Config.withDefault(Config.string("GATEWAY_MODEL"), "anthropic.claude-sonnet-4-6")
}).pipe(Layer.provide(RetryPolicy.layerLongTasks))

const Review = Schema.Struct({
  findings: Schema.Array(Schema.Struct({ file: Schema.String, line: Schema.Int, problem: Schema.String }))
})

const program = Effect.gen(function*() {
  const diff = yield* NodeStream.stdin.pipe(Stream.decodeText(), Stream.mkString)
  const { value } = yield* LanguageModel.generateObject({
    prompt: `Find the mistakes in this diff. Report only what is certainly wrong.\n\n${diff}`,
    schema: Review,
    objectName: "review"
  })
  yield* Effect.forEach(value.findings, ({ file, line, problem }) => Console.log(`${file}:${line}: ${problem}`))
  yield* Effect.sync(() => process.exitCode = value.findings.length === 0 ? 0 : 1)
})

NodeRuntime.runMain(Effect.provide(program, bedrock))
