import * as Mentions from "@altimate-code/agent/Mentions"

/** A slash command. */
export interface Command {
  /** Including the slash. */
  readonly name: string
  readonly description: string
}

/** Replacements for `text.slice(start, end)`. */
export interface Completion {
  readonly kind: "file" | "command"
  readonly start: number
  readonly end: number
  /** Best first. */
  readonly items: ReadonlyArray<{ readonly label: string; readonly description: string; readonly insert: string }>
}

/** Completes the word at the cursor: a command if it starts the text with `/`, a file if it starts with `@`. */
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
    const items = rank(word.slice(1), names, names.length).map((name) => ({
      label: name,
      description: from.commands.find((command) => command.name === name)?.description ?? "",
      insert: `${name} `
    }))
    return items.length === 0 ? undefined : { kind: "command", start, end, items }
  }
  if (!word.startsWith("@")) return undefined
  const items = rank(word.slice(1), from.files, from.limit)
    .map((path) => ({ label: path, description: "", insert: `${Mentions.format(path)} ` }))
  return items.length === 0 ? undefined : { kind: "file", start, end, items }
}

interface Ranked {
  readonly candidate: string
  readonly score: number
}

const isBetter = (a: Ranked, b: Ranked): boolean =>
  a.score > b.score || (a.score === b.score && a.candidate.length < b.candidate.length)

/**
 * The candidates that contain the query's characters in this order, best first; equally good ones keep their order. It runs at each
 * key over all files of a project, so it never sorts more than `limit` of them.
 */
export const rank = (query: string, candidates: ReadonlyArray<string>, limit: number): ReadonlyArray<string> => {
  if (query === "") return candidates.slice(0, limit)
  const lowerQuery = query.toLowerCase()
  const best: Array<Ranked> = []
  for (const candidate of candidates) {
    const candidateScore = score(lowerQuery, candidate)
    if (candidateScore === undefined) continue
    const ranked = { candidate, score: candidateScore }
    const last = best.at(-1)
    if (best.length === limit && last !== undefined && !isBetter(ranked, last)) continue
    const at = best.findIndex((other) => isBetter(ranked, other))
    best.splice(at === -1 ? best.length : at, 0, ranked)
    if (best.length > limit) best.pop()
  }
  return best.map(({ candidate }) => candidate)
}

/** A match within the file name scores highest, then a match anywhere, then scattered characters, more so at word starts. */
const score = (query: string, candidate: string): number | undefined => {
  const text = candidate.toLowerCase()
  const start = text.lastIndexOf("/", text.length - 2) + 1
  const inName = text.indexOf(query, start)
  if (inName === start) return 4000
  if (inName !== -1) return 3000 + Number(startsWord(candidate, inName))
  const anywhere = text.indexOf(query)
  if (anywhere !== -1) return 2000 + Number(startsWord(candidate, anywhere))
  return scoreCharacters(query, text, candidate)
}

/** Matches from the end, so that characters are found in the file name rather than in its directories. */
const scoreCharacters = (query: string, text: string, candidate: string): number | undefined => {
  let wordStarts = 0
  let last = 0
  let at = text.length
  for (let index = query.length - 1; index >= 0; index -= 1) {
    at = at === 0 ? -1 : text.lastIndexOf(query[index]!, at - 1)
    if (at === -1) return undefined
    if (index === query.length - 1) last = at
    if (startsWord(candidate, at)) wordStarts += 1
  }
  return 1000 + 10 * wordStarts - Math.min(last - at, 500)
}

const startsWord = (text: string, at: number): boolean =>
  at === 0 || "/._- ".includes(text[at - 1]!) || (isBetween(text, at - 1, "a", "z") && isBetween(text, at, "A", "Z"))

const isBetween = (text: string, at: number, first: string, last: string): boolean =>
  text[at]! >= first && text[at]! <= last
