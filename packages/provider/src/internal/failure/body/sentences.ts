/** The sentences in a JSON answer, wherever a gateway puts them. Pure. */
import * as Predicate from "effect/Predicate"
import { parseJson } from "./parseJson.ts"

/** Names of what is meant for a reader, in lower case and without `_` and `-`; the first that is there counts. */
const sentenceKeys = [
  "message",
  "errormessage",
  "errormsg",
  "msg",
  "defaultmessage",
  "faultstring",
  "errordescription",
  "detail",
  "details",
  "description",
  "reason",
  "cause",
  "error",
  "errors",
  "title",
  "summary"
]

/** These leave open what it is about: the title or the error's code stands in front. */
const withLabel = ["errordescription", "detail", "details", "description"]

/** Which part of the request a problem is about. */
const placeKeys = [
  "loc",
  "path",
  "param",
  "parameter",
  "field",
  "pointer",
  "instancepath",
  "datapath",
  "propertypath",
  "propertyname",
  "property",
  "additionalproperty",
  "argument",
  "attribute",
  "key"
]

/** These say the same of a place, one level down. */
const placeGroups = ["source", "params"]

/** Codes stand for a sentence where a place has none. */
const codeKeys = ["type", "code", "keyword"]

/** What was sent, what a model wrote, and what is for programs. */
const skipped = [
  "body",
  "choices",
  "content",
  "ctx",
  "headers",
  "input",
  "output",
  "rejectedvalue",
  "request",
  "stack",
  "stacktrace",
  "trace",
  "url",
  "value"
]

/** Objects in these have the name of a field for a key. */
const byField = ["errors", "fielderrors", "validationerrors", "violations", "fields"]

/** More than anybody reads. */
const mostLevels = 8
const mostSentences = 20

interface Node {
  readonly value: unknown
  /** The name that leads to it; of a list's member the list's. */
  readonly key: string
  readonly isMember: boolean
}

/** The most general first: level by level. A place that is named stands in front of its sentence. */
export const sentencesIn = (value: unknown, level = 0): ReadonlyArray<string> => {
  const found = new Set<string>()
  let nodes: ReadonlyArray<Node> = [{ value, key: "message", isMember: false }]
  for (let depth = level; depth < mostLevels && nodes.length > 0 && found.size < mostSentences; depth++) {
    const read = nodes.map((node) => readNode(node, depth))
    read.forEach(({ sentences }) => sentences.forEach((sentence) => found.add(sentence)))
    nodes = read.flatMap(({ below }) => below)
  }
  return [...found].slice(0, mostSentences)
}

const readNode = (
  { isMember, key, value }: Node,
  level: number
): { readonly sentences: ReadonlyArray<string>; readonly below: ReadonlyArray<Node> } => {
  if (Predicate.isString(value)) {
    return { sentences: sentenceKeys.includes(key) || byField.includes(key) ? unfold(value, level) : [], below: [] }
  }
  if (Array.isArray(value)) {
    return { sentences: [], below: value.map((value: unknown) => ({ value, key, isMember: true })) }
  }
  if (!Predicate.isRecord(value)) return { sentences: [], below: [] }
  const fields = new Map(Object.entries(value).map(([name, item]) => [plain(name), item]))
  const below = [...fields].flatMap(([name, value]) =>
    Predicate.isObject(value) && !skipped.includes(name) ? [{ value, key: name, isMember: false }] : []
  )
  const sentences = ofObject(fields, isMember, level)
  return sentences.length === 0 && byField.includes(key)
    ? { sentences: ofFields(value), below: [] }
    : { sentences, below }
}

const ofObject = (fields: ReadonlyMap<string, unknown>, isMember: boolean, level: number): ReadonlyArray<string> => {
  const text = (name: string): string | undefined => {
    const value = fields.get(name)
    return Predicate.isString(value) && value.trim() !== "" ? value.trim() : undefined
  }
  const place = placeOf(fields, isMember)
  const key = sentenceKeys.find((name) => text(name) !== undefined)
  if (key === undefined) {
    const code = codeKeys.map(text).find((text) => text !== undefined)
    return place === undefined || code === undefined ? [] : [`${place}: ${code}`]
  }
  const [first = "", ...more] = unfold(text(key)!, level)
  const label = withLabel.includes(key) ? text("title") ?? text("error") : undefined
  const labelled = [label, first].filter((part) => part !== undefined).join(": ")
  return [place === undefined || labelled.includes(place) ? labelled : `${place}: ${labelled}`, ...more]
}

/** A `path` of a whole answer is the URL's. */
const placeOf = (fields: ReadonlyMap<string, unknown>, isMember: boolean): string | undefined => {
  for (const name of placeKeys) {
    const value = fields.get(name)
    if (name === "path" && !isMember) continue
    if (Predicate.isString(value) && value.trim() !== "") return value.trim()
    if (Array.isArray(value) && value.length > 0 && value.every(isStep)) return value.join(".")
  }
  for (const name of placeGroups) {
    const value = fields.get(name)
    if (!Predicate.isRecord(value)) continue
    const place = placeOf(new Map(Object.entries(value).map(([name, item]) => [plain(name), item])), false)
    if (place !== undefined) return place
  }
  return undefined
}

const isStep = (value: unknown): value is string | number => Predicate.isString(value) || Predicate.isNumber(value)

/** `{"errors": {"system[1]": ["unknown"]}}` */
const ofFields = (value: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.entries(value).flatMap(([name, problems]) =>
    [problems].flat().filter(Predicate.isString).map((problem) => `${name}: ${problem}`)
  )

const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, "")

/** The JSON of another service inside a sentence, read as well: `BedrockException - {"message": "…"}`. */
const unfold = (text: string, level: number): ReadonlyArray<string> => {
  const from = text.search(/[{[]/)
  const to = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1
  if (from === -1 || to <= from || level >= mostLevels) return [text]
  const json = text.slice(from, to)
  const value = parseJson(json) ?? parseJson(json.replaceAll("\\\"", "\""))
  const [first, ...more] = Predicate.isObject(value) ? sentencesIn(value, level + 1) : []
  if (first === undefined) return [text]
  const before = text.slice(0, from).replace(/[\s:–-]{0,5}(\bb)?['"]?$/, "")
  const after = text.slice(to).replace(/^['"]/, "").replace(/^\.(?=\s|$)/, first.endsWith(".") ? "" : ".")
  return [`${before === "" ? "" : `${before}: `}${first}${after}`, ...more]
}
