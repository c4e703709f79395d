/**
 * Finds the known names that a misspelled one is close to, for "Did you mean".
 *
 * @since 0.1.0
 */
import { distance } from "fastest-levenshtein"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How names are compared; default: `fold`. */
  readonly compareAs?: (name: string) => string
  /** How many letters may differ; default: a third of the known name's, at most three. Both names are results of `compareAs`. */
  readonly maxDistance?: (given: string, known: string) => number
}

/**
 * A name in lower case and without separators, so that `base_URL` and `baseUrl` are the same.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fold = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "")

/** How many letters differ. Two letters in the wrong order are less than one that is missing: `modle` is `model` rather than `mode`. */
const measure = (a: string, b: string): number => {
  const off = distance(a, b)
  return off === 2 && isReordered(a, b) ? 0.5 : off
}

const isReordered = (a: string, b: string): boolean => [...a].toSorted().join("") === [...b].toSorted().join("")

/**
 * The known names that `given` may be a misspelling of, the closest first.
 *
 * @since 0.1.0
 * @category queries
 */
export const closest = (
  given: string,
  known: ReadonlyArray<string>,
  { compareAs = fold, maxDistance = (_, name) => Math.min(3, Math.floor(name.length / 3)) }: Options = {}
): ReadonlyArray<string> => {
  const written = compareAs(given)
  return known
    .map((name) => ({ name, compared: compareAs(name) }))
    .map(({ compared, name }) => ({ name, off: measure(written, compared), most: maxDistance(written, compared) }))
    .filter(({ most, off }) => off <= most)
    .toSorted((a, b) => a.off - b.off)
    .map(({ name }) => name)
}
