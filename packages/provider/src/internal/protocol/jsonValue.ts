import type * as AiError from "@effect/ai/AiError"
import * as Either from "effect/Either"
import { malformedInput } from "./malformed.ts"

/** The SDK's type of a JSON value; `undefined` and class instances are not among them. */
export type Json = null | boolean | number | string | Array<Json> | JsonObject
export interface JsonObject {
  [name: string]: Json
}

/** What JSON makes of a value: without `undefined`, dates as text. */
export const toJson = (value: unknown): Either.Either<Json, AiError.MalformedInput> =>
  Either.try({
    try: () => JSON.parse(JSON.stringify(value) ?? "null"),
    catch: () => malformedInput("a tool's parameters or result can't be written as JSON")
  })

/** Is it an object, and neither an array nor null? */
export const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
