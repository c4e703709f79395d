/** Finds the error sentences in a JSON response, whatever format the gateway uses. Pure. */
import * as Predicate from "effect/Predicate"
import { parseJson } from "./parseJson.ts"

/** Fields that contain human-readable text, in lower case without `_` and `-`, by priority. */
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

/** Fields whose text needs a subject: the title or the error code is put before it. */
const labelledKeys = ["errordescription", "detail", "details", "description"]

/** Fields that locate the problem in the request. */
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

/** Objects that contain such a field. */
const placeGroups = ["source", "params"]

/** Fields with an error code, which is used if there is no sentence. */
const codeKeys = ["type", "code", "keyword"]

/** Fields that contain the request, the model's text or machine-readable data. */
const skippedKeys = [
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

/** Objects whose keys are names of request fields. */
const fieldMaps = ["errors", "fielderrors", "validationerrors", "violations", "fields"]

const maxDepth = 8
const maxSentences = 20

interface Node {
  readonly value: unknown
  /** The name of its field; for a list item, of the list's field. */
  readonly key: string
  readonly isMember: boolean
}

/** Lists the sentences level by level, the most general first. A sentence about a request field is preceded by its name. */
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
    return {
      sentences: sentenceKeys.includes(key) || fieldMaps.includes(key) ? expandJson(value, level) : [],
      below: []
    }
  }
  if (Array.isArray(value)) {
    return { sentences: [], below: value.map((value: unknown) => ({ value, key, isMember: true })) }
  }
  if (!Predicate.isRecord(value)) return { sentences: [], below: [] }
  const fields = new Map(Object.entries(value).map(([name, item]) => [normalizeKey(name), item]))
  const below = [...fields].flatMap(([name, value]) =>
    Predicate.isObject(value) && !skippedKeys.includes(name) ? [{ value, key: name, isMember: false }] : []
  )
  const sentences = readObject(fields, isMember, level)
  return sentences.length === 0 && fieldMaps.includes(key)
    ? { sentences: readFieldMap(value), below: [] }
    : { sentences, below }
}

const readObject = (fields: ReadonlyMap<string, unknown>, isMember: boolean, level: number): ReadonlyArray<string> => {
  const text = (name: string): string | undefined => {
    const value = fields.get(name)
    return Predicate.isString(value) && value.trim() !== "" ? value.trim() : undefined
  }
  const place = findPlace(fields, isMember)
  const key = sentenceKeys.find((name) => text(name) !== undefined)
  if (key === undefined) {
    const code = codeKeys.map(text).find((text) => text !== undefined)
    return place === undefined || code === undefined ? [] : [`${place}: ${code}`]
  }
  const [first = "", ...more] = expandJson(text(key)!, level)
  const label = labelledKeys.includes(key) ? text("title") ?? text("error") : undefined
  const labelled = [label, first].filter((part) => part !== undefined).join(": ")
  return [place === undefined || labelled.includes(place) ? labelled : `${place}: ${labelled}`, ...more]
}

/** Where the problem is in the request. A `path` outside a list is the URL path instead. */
const findPlace = (fields: ReadonlyMap<string, unknown>, isMember: boolean): string | undefined => {
  for (const name of placeKeys) {
    const value = fields.get(name)
    if (name === "path" && !isMember) continue
    if (Predicate.isString(value) && value.trim() !== "") return value.trim()
    if (Array.isArray(value) && value.length > 0 && value.every(isPathStep)) return value.join(".")
  }
  for (const name of placeGroups) {
    const value = fields.get(name)
    if (!Predicate.isRecord(value)) continue
    const place = findPlace(new Map(Object.entries(value).map(([name, item]) => [normalizeKey(name), item])), false)
    if (place !== undefined) return place
  }
  return undefined
}

const isPathStep = (value: unknown): value is string | number => Predicate.isString(value) || Predicate.isNumber(value)

/** `{"errors": {"system[1]": ["unknown"]}}` */
const readFieldMap = (value: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.entries(value).flatMap(([name, problems]) =>
    [problems].flat().filter(Predicate.isString).map((problem) => `${name}: ${problem}`)
  )

const normalizeKey = (name: string): string => name.toLowerCase().replace(/[_-]/g, "")

/** Replaces JSON from another service inside a sentence, such as `BedrockException - {"message": "…"}`, with its sentences. */
const expandJson = (text: string, level: number): ReadonlyArray<string> => {
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
