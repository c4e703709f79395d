/**
 * Makes strings well-formed. Bedrock refuses a request if its JSON contains half a surrogate pair, which can come from a tool that cuts its output,
 * a file name or a model.
 */
import * as Predicate from "effect/Predicate"

/** Replaces each unpaired surrogate with U+FFFD, in all strings and property names of the value. */
export const toWellFormed = <A>(value: A): A => convert(value) as A

const convert = (value: unknown): unknown => {
  if (Predicate.isString(value)) return value.toWellFormed()
  if (Array.isArray(value)) return value.map(convert)
  // A `Uint8Array` is an object too.
  if (!Predicate.isRecord(value) || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), convert(inner)]))
}
