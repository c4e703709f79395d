import * as AiError from "@effect/ai/AiError"
import * as Either from "effect/Either"

/** An error for a prompt that Bedrock would refuse and that the caller can correct. */
export const malformedInput = (description: string): AiError.MalformedInput =>
  new AiError.MalformedInput({ module: "BedrockLanguageModel", method: "prompt", description })

/** An error for a response that cannot be decoded. */
export const malformedOutput = (description: string): AiError.MalformedOutput =>
  new AiError.MalformedOutput({ module: "BedrockLanguageModel", method: "response", description })

/**
 * Runs a function that decodes a response. A gateway's values may not match the SDK's types, so an exception here means a malformed response,
 * not a bug.
 */
export const catchMalformed = <A>(
  read: () => Either.Either<A, AiError.MalformedOutput>
): Either.Either<A, AiError.MalformedOutput> => {
  try {
    return read()
  } catch {
    return Either.left(malformedOutput("the gateway's response does not have the structure of a Bedrock response"))
  }
}
