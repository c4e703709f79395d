/**
 * Plain data: texts, numbers, booleans, arrays, and objects without a class.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value))

/**
 * Replaces every text in plain data, but not the keys of objects. Other values, such as class instances, stay unchanged.
 *
 * @since 0.1.0
 * @category mapping
 */
export const mapTexts = <A>(data: A, replace: (text: string) => string): A => {
  const map = (value: unknown): unknown => {
    if (typeof value === "string") return replace(value)
    if (Array.isArray(value)) return value.map(map)
    if (!Predicate.isRecord(value) || !isPlain(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]))
  }
  return map(data) as A
}
