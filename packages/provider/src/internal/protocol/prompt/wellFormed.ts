/**
 * Bedrock refuses every request with half a surrogate pair in its JSON. It can come from anywhere: a tool that cuts its output, a file name, a
 * model.
 */
import * as Predicate from "effect/Predicate"

/** Replaces each half of a surrogate pair with U+FFFD, in all strings and property names of the value. */
export const wellFormed = <A>(value: A): A => convert(value) as A

const convert = (value: unknown): unknown => {
  if (Predicate.isString(value)) return value.toWellFormed()
  if (Array.isArray(value)) return value.map(convert)
  // A `Uint8Array` is an object too.
  if (!Predicate.isRecord(value) || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), convert(inner)]))
}
