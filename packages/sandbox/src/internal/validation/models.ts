import * as Either from "effect/Either"
import { invalidRequest, type Refusal } from "./refusal.ts"

/**
 * Checks whether the gateway has the model. The two messages are Bedrock's; the apostrophe in the first is U+2019. An ID that would be accepted with a geography
 * before it (`us.`, `global.`, also at the end of an inference profile's ARN) exists, but not on demand.
 */
export const check = (models: ReadonlyArray<string> | undefined, modelId: string): Either.Either<void, Refusal> => {
  if (models === undefined || models.includes(modelId)) return Either.void
  return Either.left(
    invalidRequest(
      models.some((model) => model.endsWith(`.${modelId}`))
        ? `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`
        : "The provided model identifier is invalid."
    )
  )
}
