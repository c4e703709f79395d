import * as AiError from "@effect/ai/AiError"
import * as Either from "effect/Either"

/** A prompt that Bedrock would refuse and that the caller can correct. */
export const malformedInput = (description: string): AiError.MalformedInput =>
  new AiError.MalformedInput({ module: "BedrockLanguageModel", method: "prompt", description })

/** An answer that is not what it should be. */
export const malformedOutput = (description: string): AiError.MalformedOutput =>
  new AiError.MalformedOutput({ module: "BedrockLanguageModel", method: "response", description })

/**
 * Runs a function that reads an answer. A gateway can send other values than the SDK's types promise, so an exception here means a malformed
 * answer, not a bug.
 */
export const catchMalformed = <A>(
  read: () => Either.Either<A, AiError.MalformedOutput>
): Either.Either<A, AiError.MalformedOutput> =>
  Either.flatMap(
    Either.try({
      try: read,
      catch: () => malformedOutput("the gateway's answer does not have the shape of Bedrock's")
    }),
    (result) => result
  )
