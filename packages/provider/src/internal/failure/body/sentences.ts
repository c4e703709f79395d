/** Finds the sentences in a JSON response, wherever a gateway puts them. Pure. */
import * as Predicate from "effect/Predicate"
import { parseJson } from "./parseJson.ts"

/** Names of fields for readers, in lower case without `_` and `-`; the first one present counts. */
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

/** These need a subject, so the title or the error code is put before them. */
const withLabel = ["errordescription", "detail", "details", "description"]

/** Fields that name the part of the request. */
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

/** Fields that contain such a field. */
const placeGroups = ["source", "params"]

/** Fields with a code, which is used if a place has no sentence. */
const codeKeys = ["type", "code", "keyword"]

/** Fields with the request, the model's text or data for programs. */
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

/** Fields with an object whose keys are names of request fields. */
const byField = ["errors", "fielderrors", "validationerrors", "violations", "fields"]

const maxDepth = 8
const maxSentences = 20

interface Node {
  readonly value: unknown
  /** The name of its field, or of the list that contains it. */
  readonly key: string
  readonly isMember: boolean
}

/** The most general first, level by level. The name of a request field is put before its sentence. */
export const sentencesIn = (value: unknown, level = 0): ReadonlyArray<string> => {
  const found = new Set<string>()
  let nodes: ReadonlyArray<Node> = [{ value, key: "message", isMember: false }]
  for (let depth = level; depth < maxDepth && nodes.length > 0 && found.size < maxSentences; depth++) {
    const read = nodes.map((node) => readNode(node, depth))
    read.forEach(({ sentences }) => sentences.forEach((sentence) => found.add(sentence)))
    nodes = read.flatMap(({ below }) => below)
  }
  return [...found].slice(0, maxSentences)
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

/** A `path` outside of a list is that of the URL. */
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

/** Also reads the JSON of another service inside a sentence: `BedrockException - {"message": "…"}`. */
const unfold = (text: string, level: number): ReadonlyArray<string> => {
  const from = text.search(/[{[]/)
  const to = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1
  if (from === -1 || to <= from || level >= maxDepth) return [text]
  const json = text.slice(from, to)
  const value = parseJson(json) ?? parseJson(json.replaceAll("\\\"", "\""))
  const [first, ...more] = Predicate.isObject(value) ? sentencesIn(value, level + 1) : []
  if (first === undefined) return [text]
  const before = text.slice(0, from).replace(/[\s:–-]{0,5}(\bb)?['"]?$/, "")
  const after = text.slice(to).replace(/^['"]/, "").replace(/^\.(?=\s|$)/, first.endsWith(".") ? "" : ".")
  return [`${before === "" ? "" : `${before}: `}${first}${after}`, ...more]
}
