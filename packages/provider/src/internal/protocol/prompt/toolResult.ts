/** Converts the result of a tool call. */
import type { ContentBlock, ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { isObject, toJson } from "../jsonValue.ts"
import { type File, toBlock } from "./file.ts"
import { toTextBlocks } from "./text.ts"

/**
 * Text is sent as text, an object as JSON, and an array of text and file parts part by part. Anything else is sent as JSON text, because Bedrock
 * accepts only objects as JSON. The ID is the one in the history.
 */
export const toToolResult = (
  part: Prompt.ToolResultPart,
  names: Set<string>
): Either.Either<ContentBlock, AiError.MalformedInput> =>
  Either.map(content(part.result, names), (content) => ({
    toolResult: {
      toolUseId: part.id,
      // Models mistake an empty result for a failure.
      content: content.length > 0 ? content : [{ text: "(no output)" }],
      ...(part.isFailure && { status: "error" })
    }
  }))

const content = (
  result: unknown,
  names: Set<string>
): Either.Either<Array<ToolResultContentBlock>, AiError.MalformedInput> => {
  if (result === undefined || result === null) return Either.right([])
  if (Predicate.isString(result)) return Either.right(toTextBlocks(result))
  if (Array.isArray(result) && result.length > 0 && result.every(isContentPart)) {
    return Either.right(
      result.flatMap((part): ReadonlyArray<ToolResultContentBlock> =>
        part.type === "text" ? toTextBlocks(part.text) : [toBlock(part, names)]
      )
    )
  }
  return Either.map(toJson(result), (json) => isObject(json) ? [{ json }] : toTextBlocks(JSON.stringify(json) ?? ""))
}

type ContentPart = { readonly type: "text"; readonly text: string } | (File & { readonly type: "file" })

const isContentPart = (part: unknown): part is ContentPart =>
  Predicate.isRecord(part) && (
    (part["type"] === "text" && Predicate.isString(part["text"]))
    || (part["type"] === "file" && Predicate.isString(part["mediaType"])
      && (Predicate.isString(part["data"]) || part["data"] instanceof Uint8Array || part["data"] instanceof URL))
  )
