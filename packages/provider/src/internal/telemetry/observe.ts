/** Describes a request and its answer in the span of `@effect/ai`, and measures them. */
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import type { AiError } from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import { addGenAIAnnotations } from "@effect/ai/Telemetry"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import type { Span } from "effect/Tracer"
import { BedrockError } from "../../BedrockError.ts"
import { operationDuration, timeToFirstToken, tokenUsage } from "./metrics.ts"

type Part = Response.PartEncoded | Response.StreamPartEncoded

export interface Observation {
  /** Is given each part of the answer, and returns it. */
  readonly onPart: <A extends Part>(part: A) => A
  readonly onExit: (exit: Exit.Exit<unknown, AiError>) => Effect.Effect<void>
}

const system = "aws.bedrock"

const labels = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, value]) => MetricLabel.make(key, value))

/** The kind of failure, which never contains texts of the prompt or the answer. */
const errorType = (cause: Cause.Cause<AiError>): string =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => Cause.isInterruptedOnly(cause) ? "interrupted" : "_OTHER",
    onSome: (error) =>
      Option.match(BedrockError.fromAiError(error), { onNone: () => error._tag, onSome: ({ reason }) => reason })
  })

/** Starts to observe a request. The time to the first token is measured only if the answer is streamed. */
export const observe = (
  span: Span,
  request: ConverseCommandInput,
  { isStreamed }: { readonly isStreamed: boolean }
): Effect.Effect<Observation> =>
  Effect.map(Effect.clock, (clock) => {
    const started = clock.unsafeCurrentTimeMillis()
    const secondsSoFar = () => (clock.unsafeCurrentTimeMillis() - started) / 1000
    const { guardrailConfig, inferenceConfig, modelId = "" } = request
    addGenAIAnnotations(span, {
      system,
      operation: { name: "chat" },
      request: {
        model: modelId,
        maxTokens: inferenceConfig?.maxTokens,
        temperature: inferenceConfig?.temperature,
        topP: inferenceConfig?.topP,
        stopSequences: inferenceConfig?.stopSequences
      }
    })
    span.attribute("gen_ai.provider.name", system)
    if (guardrailConfig?.guardrailIdentifier !== undefined) {
      span.attribute("aws.bedrock.guardrail.id", guardrailConfig.guardrailIdentifier)
    }
    const common = labels({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": system,
      "gen_ai.request.model": modelId
    })
    let isFirst = isStreamed

    const onFinish = ({ metadata, reason, usage }: Response.FinishPartEncoded) => {
      const { cachedInputTokens, inputTokens, outputTokens } = usage
      addGenAIAnnotations(span, { response: { finishReasons: [reason] }, usage: { inputTokens, outputTokens } })
      const written = metadata?.["altimate-code-bedrock"]?.cacheWriteInputTokens
      if (cachedInputTokens !== undefined) span.attribute("gen_ai.usage.cache_read.input_tokens", cachedInputTokens)
      if (written !== undefined) span.attribute("gen_ai.usage.cache_creation.input_tokens", written)
      for (const [type, count] of [["input", inputTokens], ["output", outputTokens]] as const) {
        if (count !== undefined) tokenUsage.unsafeUpdate(count, [...common, ...labels({ "gen_ai.token.type": type })])
      }
    }

    return {
      onPart: (part) => {
        if (part.type === "response-metadata") {
          addGenAIAnnotations(span, { response: { id: part.id, model: part.modelId } })
        } else if (part.type === "finish") onFinish(part)
        else if (isFirst) {
          isFirst = false
          timeToFirstToken.unsafeUpdate(secondsSoFar(), common)
        }
        return part
      },
      onExit: (exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit)) return operationDuration.unsafeUpdate(secondsSoFar(), common)
          const type = errorType(exit.cause)
          span.attribute("error.type", type)
          operationDuration.unsafeUpdate(secondsSoFar(), [...common, ...labels({ "error.type": type })])
        })
    }
  })
