/** Converts the result of a tool call. */
import type { ContentBlock, ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime"
import type * as AiError from "@effect/ai/AiError"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { isObject, toJson } from "../jsonValue.ts"
import { type File, toBlock } from "./file.ts"
import { text } from "./text.ts"

/**
 * Text is sent as text and an object as JSON; an array of text and file parts is sent part by part. Everything else is sent as JSON text, because
 * Bedrock accepts only objects as JSON. The ID is that of the history.
 */
export const toToolResult = (
  part: Prompt.ToolResultPart,
  names: Set<string>
): Either.Either<ContentBlock, AiError.MalformedInput> =>
  Either.map(content(part.result, names), (content) => ({
    toolResult: {
      toolUseId: part.id,
      // Models treat an empty result as a failure.
      content: content.length > 0 ? content : [{ text: "(no output)" }],
      ...(part.isFailure && { status: "error" })
    }
  }))

const content = (
  result: unknown,
  names: Set<string>
): Either.Either<Array<ToolResultContentBlock>, AiError.MalformedInput> => {
  if (result === undefined || result === null) return Either.right([])
  if (Predicate.isString(result)) return Either.right(text(result))
  if (Array.isArray(result) && result.length > 0 && result.every(isContentPart)) {
    return Either.right(
      result.flatMap((part): ReadonlyArray<ToolResultContentBlock> =>
        part.type === "text" ? text(part.text) : [toBlock(part, names)]
      )
    )
  }
  return Either.map(toJson(result), (json) => isObject(json) ? [{ json }] : text(JSON.stringify(json) ?? ""))
}

type ContentPart = { readonly type: "text"; readonly text: string } | (File & { readonly type: "file" })

const isContentPart = (part: unknown): part is ContentPart =>
  Predicate.isRecord(part) && (
    (part["type"] === "text" && Predicate.isString(part["text"]))
    || (part["type"] === "file" && Predicate.isString(part["mediaType"])
      && (Predicate.isString(part["data"]) || part["data"] instanceof Uint8Array || part["data"] instanceof URL))
  )
