/** Values in which one part is replaced by something of the wrong type. */
import * as FastCheck from "effect/FastCheck"

/** Values that are rarely of the expected type. */
const other = FastCheck.oneof(
  {
    weight: 3,
    arbitrary: FastCheck.constantFrom<unknown>(null, -1, 0.5, 1e308, "", " ", "\u0000", true, [], {}, [null], {
      "": ""
    })
  },
  { weight: 1, arbitrary: FastCheck.string({ unit: "binary" }) },
  { weight: 1, arbitrary: FastCheck.jsonValue({ maxDepth: 3 }) }
)

type Path = ReadonlyArray<string>

/** The path of every part of the value, except the value itself. */
const places = (value: unknown, path: Path = []): ReadonlyArray<Path> => [
  ...(path.length === 0 ? [] : [path]),
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, child]) => places(child, [...path, key]))
    : [])
]

const put = (value: unknown, [key, ...rest]: Path, other: unknown): unknown => {
  if (key === undefined) return other
  const child = put((value as Record<string, unknown>)[key], rest, other)
  return Array.isArray(value) ? value.with(Number(key), child) : { ...(value as object), [key]: child }
}

/** The value with one part replaced, by one of `own` or by any value. */
export const mistaken = <A extends object>(value: A, ...own: ReadonlyArray<unknown>): FastCheck.Arbitrary<A> =>
  FastCheck.tuple(
    FastCheck.constantFrom(...places(value)),
    own.length === 0 ? other : FastCheck.oneof(FastCheck.constantFrom(...own), other)
  ).map(([path, other]) => put(value, path, other) as A)
