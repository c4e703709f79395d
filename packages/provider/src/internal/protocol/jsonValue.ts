import type * as AiError from "@effect/ai/AiError"
import * as Either from "effect/Either"
import { malformedInput } from "./malformed.ts"

/** The SDK's type for JSON values: without `undefined` and class instances. */
export type Json = null | boolean | number | string | Array<Json> | JsonObject
export interface JsonObject {
  [name: string]: Json
}

/** Converts a value to JSON: omits `undefined` and converts dates to text. */
export const toJson = (value: unknown): Either.Either<Json, AiError.MalformedInput> =>
  Either.try({
    try: () => JSON.parse(JSON.stringify(value) ?? "null"),
    catch: () => malformedInput("a tool's parameters or result can't be written as JSON")
  })

export const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
