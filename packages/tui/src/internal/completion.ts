/** A command of the input, e.g. `/model`. */
export interface Command {
  /** With its slash. */
  readonly name: string
  readonly description: string
}

/** What could stand at the cursor instead of `text.slice(start, end)`. */
export interface Completion {
  readonly kind: "file" | "command"
  readonly start: number
  readonly end: number
  /** Best first. */
  readonly items: ReadonlyArray<{ readonly label: string; readonly description: string; readonly insert: string }>
}

/** The completion at the cursor, if there is one: `/` at the very start, or `@` at the start of a word. */
export const complete = (
  input: { readonly text: string; readonly cursor: number },
  from: { readonly files: ReadonlyArray<string>; readonly commands: ReadonlyArray<Command>; readonly limit: number }
): Completion | undefined => {
  const before = input.text.slice(0, input.cursor)
  const word = /\S*$/.exec(before)?.[0] ?? ""
  const start = input.cursor - word.length
  const end = input.cursor + (/^\S*/.exec(input.text.slice(input.cursor))?.[0].length ?? 0)
  if (start === 0 && word.startsWith("/")) {
    const names = from.commands.map(({ name }) => name)
    const items = rank(word.slice(1), names, from.limit).map((name) => ({
      label: name,
      description: from.commands.find((command) => command.name === name)?.description ?? "",
      insert: `${name} `
    }))
    return items.length === 0 ? undefined : { kind: "command", start, end, items }
  }
  if (!word.startsWith("@")) return undefined
  const items = rank(word.slice(1), from.files, from.limit)
    .map((path) => ({ label: path, description: "", insert: `@${path} ` }))
  return items.length === 0 ? undefined : { kind: "file", start, end, items }
}

/** The candidates that have the query's characters in this order, best first; equally good ones stay in their order. */
export const rank = (query: string, candidates: ReadonlyArray<string>, limit: number): ReadonlyArray<string> => {
  if (query === "") return candidates.slice(0, limit)
  const wanted = query.toLowerCase()
  return candidates
    .flatMap((candidate) => {
      const found = score(wanted, candidate)
      return found === undefined ? [] : [{ candidate, found }]
    })
    .toSorted((a, b) => b.found - a.found || a.candidate.length - b.candidate.length)
    .slice(0, limit)
    .map(({ candidate }) => candidate)
}

/** A run in the name itself counts most, then a run anywhere, then single characters, most of all where words begin. */
const score = (wanted: string, candidate: string): number | undefined => {
  const text = candidate.toLowerCase()
  const name = text.slice(text.lastIndexOf("/", text.length - 2) + 1)
  if (name.startsWith(wanted)) return 4000
  if (name.includes(wanted)) {
    return 3000 + beginnings(candidate, [candidate.length - name.length + name.indexOf(wanted)])
  }
  if (text.includes(wanted)) return 2000 + beginnings(candidate, [text.indexOf(wanted)])
  const places = placesOf(wanted, text)
  if (places === undefined) return undefined
  const span = (places.at(-1) ?? 0) - (places[0] ?? 0)
  return 1000 + 10 * beginnings(candidate, places) - Math.min(span, 500)
}

/** From the end, so that the places are in the name rather than in the directories. */
const placesOf = (wanted: string, text: string): ReadonlyArray<number> | undefined => {
  const places: Array<number> = []
  let from = text.length
  for (const character of [...wanted].toReversed()) {
    from = from === 0 ? -1 : text.lastIndexOf(character, from - 1)
    if (from === -1) return undefined
    places.unshift(from)
  }
  return places
}

const beginnings = (text: string, places: ReadonlyArray<number>): number =>
  places.filter((at) =>
    at === 0 || /[/._\- ]/.test(text[at - 1] ?? "") || /[a-z][A-Z]/.test(text.slice(at - 1, at + 1))
  ).length
