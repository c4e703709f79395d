import * as AiError from "@effect/ai/AiError"

/** A prompt that Bedrock would refuse in a way that a caller can put right. */
export const malformedInput = (description: string): AiError.MalformedInput =>
  new AiError.MalformedInput({ module: "BedrockLanguageModel", method: "prompt", description })

/** An answer that can't be taken for what it should be. */
export const malformedOutput = (description: string): AiError.MalformedOutput =>
  new AiError.MalformedOutput({ module: "BedrockLanguageModel", method: "response", description })
