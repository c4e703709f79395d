import * as Predicate from "effect/Predicate"

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** Masks each text in plain data; other objects are left as they are. */
export const maskTexts = <A>(value: A, mask: (text: string) => string): A => {
  const maskAll = (value: unknown): unknown => {
    if (typeof value === "string") return mask(value)
    if (Array.isArray(value)) return value.map(maskAll)
    if (!Predicate.isRecord(value) || !isPlain(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskAll(item)]))
  }
  return maskAll(value) as A
}
