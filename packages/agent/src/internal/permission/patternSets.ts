/** Compares the sets of texts that two patterns match. */

/** `undefined` matches any text, `null` any one character, and a string only itself. */
type Token = string | null | undefined

const tokens = (pattern: string): ReadonlyArray<Token> =>
  Array.from(
    pattern.matchAll(/\\([*?])|[^]/gu),
    ([character, escaped]) => escaped ?? (character === "*" ? undefined : character === "?" ? null : character)
  )

/** A trailing ` *` is optional. */
const variants = (pattern: string): ReadonlyArray<ReadonlyArray<Token>> =>
  [pattern, ...(pattern.endsWith(" *") ? [pattern.slice(0, -2)] : [])].map(tokens)

/** Whether some text matches both. */
export const overlap = (left: string, right: string): boolean =>
  variants(left).some((a) => variants(right).some((b) => match(a, b, "overlap")))

/** Whether `wide` matches every text that `narrow` matches. `false` may mean unknown. */
export const covers = (wide: string, narrow: string): boolean =>
  variants(narrow).every((b) => variants(wide).some((a) => match(a, b, "cover")))

/** Dynamic programming from the ends of both patterns. Only a wildcard in `a` can cover a wildcard in `b`. */
const match = (a: ReadonlyArray<Token>, b: ReadonlyArray<Token>, how: "overlap" | "cover"): boolean => {
  // Fast path: most rules differ in their first letter.
  if (typeof a[0] === "string" && typeof b[0] === "string" && a[0] !== b[0]) return false
  let below: ReadonlyArray<boolean | undefined> = []
  for (let i = a.length; i >= 0; i -= 1) {
    const row: Array<boolean | undefined> = []
    for (let j = b.length; j >= 0; j -= 1) {
      const [x, y] = [a[i], b[j]]
      const [inA, inB] = [i < a.length, j < b.length]
      const anyOfA = inA && x === undefined && (below[j] || (inB && row[j + 1]))
      const anyOfB = how === "overlap" && inB && y === undefined && (row[j + 1] || (inA && below[j]))
      const isSame = x === null || x === y || (how === "overlap" && y === null)
      const one = inA && inB && x !== undefined && y !== undefined && isSame && below[j + 1]
      row[j] = (!inA && !inB) || anyOfA || anyOfB || one
    }
    below = row
  }
  return below[0] === true
}
