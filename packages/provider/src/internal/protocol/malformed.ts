import * as AiError from "@effect/ai/AiError"
import * as Either from "effect/Either"

/** A prompt that Bedrock would refuse in a way that a caller can put right. */
export const malformedInput = (description: string): AiError.MalformedInput =>
  new AiError.MalformedInput({ module: "BedrockLanguageModel", method: "prompt", description })

/** An answer that can't be taken for what it should be. */
export const malformedOutput = (description: string): AiError.MalformedOutput =>
  new AiError.MalformedOutput({ module: "BedrockLanguageModel", method: "response", description })

/**
 * Reads what a gateway has sent. Its types are Bedrock's promise, which a gateway need not keep: what stands where
 * something else should is a malformed answer, and no bug of the reader.
 */
export const understood = <A>(
  read: () => Either.Either<A, AiError.MalformedOutput>
): Either.Either<A, AiError.MalformedOutput> =>
  Either.flatMap(
    Either.try({
      try: read,
      catch: () => malformedOutput("the gateway's answer does not have the shape of Bedrock's")
    }),
    (result) => result
  )
