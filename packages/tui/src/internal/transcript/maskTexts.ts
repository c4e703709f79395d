import * as Predicate from "effect/Predicate"

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** The value with each text in it masked; what is more than plain data stays as it is. */
export const maskTexts = <A>(value: A, mask: (text: string) => string): A => {
  const masked = (value: unknown): unknown => {
    if (typeof value === "string") return mask(value)
    if (Array.isArray(value)) return value.map(masked)
    if (!Predicate.isRecord(value) || !isPlain(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]))
  }
  return masked(value) as A
}
