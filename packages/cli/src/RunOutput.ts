/** The two forms of an answer on stdout. */
import type { Credential } from "@altimate-code/auth/Credential"
import { publicUrl } from "@altimate-code/config/PublicUrl"
import { Secrets } from "@altimate-code/log/Secrets"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type { BedrockError } from "@altimate-code/provider/BedrockError"
import type { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import type { CliError } from "./CliError.ts"
import { Stdio } from "./Stdio.ts"

type Part = Response.StreamPart<{}>

const notes: Partial<Record<Response.FinishReason, string>> = {
  length: "The answer was cut at its token limit; --max-tokens raises it.",
  "content-filter": "The answer was stopped by a content filter or guardrail.",
  error: "The model ended its answer with an error.",
  unknown: "The answer ended for a reason that is not known here."
}

/** The answer's text as it comes, a newline at its end; what a person should know about the end goes to stderr. */
export const text = Effect.map(Stdio, ({ write, writeError }) => {
  let last = "\n"
  const newline = Effect.suspend(() => last.endsWith("\n") ? Effect.void : write("\n"))
  return {
    part: (part: Part) => {
      switch (part.type) {
        case "text-delta":
          last = part.delta === "" ? last : part.delta
          return write(part.delta)
        case "finish": {
          const note = notes[part.reason]
          return note === undefined ? newline : Effect.zipRight(newline, writeError(`note: ${note}\n`))
        }
        default:
          return Effect.void
      }
    },
    failed: (_failure: BedrockError | CliError) => newline
  }
})

/** One event a line; docs/json-events.md describes them. */
export const json = (target: typeof BedrockTarget.Service, credential: Credential) =>
  Effect.gen(function*() {
    const { write } = yield* Stdio
    const { mask } = yield* Secrets
    const event = (value: object) => write(`${JSON.stringify(value)}\n`)
    yield* event({
      type: "start",
      model: target.model.configured,
      sentAs: target.model.wire,
      because: ModelId.explain(target.model),
      region: target.model.region,
      url: publicUrl(target.endpoint.url),
      credential: { type: credential._tag === "Bearer" ? "bearer" : "aws", from: credential.where }
    })
    return {
      part: (part: Part) => {
        switch (part.type) {
          case "text-delta":
            return event({ type: "text", text: part.delta })
          case "reasoning-delta":
            return part.delta === "" ? Effect.void : event({ type: "reasoning", text: part.delta })
          case "finish": {
            const { cacheWriteInputTokens, stopReason } = part.metadata["altimate-code-bedrock"] ?? {}
            const { cachedInputTokens, inputTokens, outputTokens, totalTokens } = part.usage
            return event({
              type: "finish",
              reason: part.reason,
              stopReason,
              usage: {
                inputTokens,
                outputTokens,
                totalTokens,
                cacheReadInputTokens: cachedInputTokens,
                cacheWriteInputTokens
              }
            })
          }
          default:
            return Effect.void
        }
      },
      failed: (failure: BedrockError | CliError) => {
        const { hint, message, reason } = failure
        const { requestId, status } = failure._tag === "BedrockError" ? failure : {}
        return event({ type: "error", reason, message: mask(message), hint: mask(hint), status, requestId })
      }
    }
  })
