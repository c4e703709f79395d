import type * as ParseResult from "effect/ParseResult"

/** The path of the first mistake and what was expected there. Never the value, because it may contain a secret. */
export const describeIssue = (issue: ParseResult.ParseIssue, path: ReadonlyArray<string> = []): string => {
  const inner = findPointer(issue)
  if (inner !== undefined) return describeIssue(inner.issue, [...path, ...[inner.path].flat().map(String)])
  const where = path.length === 0 ? "" : `${path.join(".")}: `
  if (issue._tag === "Unexpected") return `${where}there is no such option`
  if (issue._tag === "Missing") return `${where}missing`
  return `${where}expected ${String("ast" in issue ? issue.ast : "another value").replace(" | undefined", "")}`
}

const findPointer = (issue: ParseResult.ParseIssue): ParseResult.Pointer | undefined => {
  switch (issue._tag) {
    case "Pointer":
      return issue
    case "Composite":
      for (const each of [issue.issues].flat() as ReadonlyArray<ParseResult.ParseIssue>) {
        const found = findPointer(each)
        if (found !== undefined) return found
      }
      return undefined
    case "Refinement":
    case "Transformation":
      return findPointer(issue.issue)
    default:
      return undefined
  }
}
