/**
 * Half a surrogate pair in a request's JSON is refused, and again with every later request that holds it. It can come from
 * anywhere: a tool that cuts its output, a file name, a model.
 */
import * as Predicate from "effect/Predicate"

/** The same value with all its texts, also the names in it, in well-formed Unicode: U+FFFD for each half of a character. */
export const wellFormed = <A>(value: A): A => convert(value) as A

const convert = (value: unknown): unknown => {
  if (Predicate.isString(value)) return value.toWellFormed()
  if (Array.isArray(value)) return value.map(convert)
  // Bytes are an object too.
  if (!Predicate.isRecord(value) || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), convert(inner)]))
}
