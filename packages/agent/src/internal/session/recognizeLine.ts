/**
 * Decodes the lines that this program writes without Effect's Schema, which takes about ten times as long. Everything else is left to the
 * schema of `Session`: lines with other keys or values, and lines of rare types.
 */
import * as Prompt from "@effect/ai/Prompt"
import * as Predicate from "effect/Predicate"
import type { Entry } from "../../session/Session.ts"

type Check = (value: unknown) => boolean

type Json = Record<string, unknown>

const isTrue: Check = (value) => value === true

const isOneOf = (...values: ReadonlyArray<string>): Check => (value) => values.includes(value as string)

const arrayOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check)

/** Checks that an object has all required keys, perhaps some of the optional ones, and no others. */
const object = (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check => {
  const all = new Map([...Object.entries(required), ...Object.entries(optional)])
  const requiredKeys = Object.keys(required)
  return (value) =>
    Predicate.isRecord(value) && Object.keys(value).every((key) => all.get(key)?.(value[key]) === true) &&
    requiredKeys.every((key) => Object.hasOwn(value, key))
}

const { isNumber, isString, isBoolean } = Predicate

const isOptions: Check = (value) => Predicate.isRecord(value) && Object.values(value).every(Predicate.isRecord)

const options = { options: isOptions }

const isText = object({ type: isString, text: isString }, options)

const isFile = object({ type: isString, mediaType: isString, data: isString }, { fileName: isString, ...options })

const isToolCall = object(
  { type: isString, id: isString, name: isString, params: () => true },
  { providerExecuted: isBoolean, ...options }
)

const isUserPart: Check = (part) =>
  Predicate.isRecord(part) && (part["type"] === "text" ? isText(part) : part["type"] === "file" && isFile(part))

const isAssistantPart: Check = (part) => {
  if (!Predicate.isRecord(part)) return false
  switch (part["type"]) {
    case "text":
    case "reasoning":
      return isText(part)
    case "tool-call":
      return isToolCall(part)
    default:
      return false
  }
}

const message = (role: string, isPart: Check): Check =>
  object(
    {
      role: isOneOf(role),
      content: (content) => isString(content) || (Array.isArray(content) && content.every(isPart))
    },
    options
  )

const isUsage = object({ input: isNumber, output: isNumber, cacheRead: isNumber, cacheWrite: isNumber })

const spent = [{ usage: isUsage }, { cost: isNumber, model: isString }] as const

const isOutput = object(
  {
    content: arrayOf((part) =>
      Predicate.isRecord(part) && (part["type"] === "text"
        ? isOutputText(part)
        : part["type"] === "file" && isOutputFile(part))
    ),
    summary: isString
  },
  { diff: isString }
)
const isOutputText = object({ type: isString, text: isString })
const isOutputFile = object({ type: isString, mediaType: isString, data: isString }, { fileName: isString })

const line = (required: Readonly<Record<string, Check>>, optional?: Readonly<Record<string, Check>>) =>
  object({ type: isString, time: isString, ...required }, optional)

const checks = new Map<unknown, Check>(Object.entries({
  session: line({ version: (version) => version === 1, id: isString, directory: isString }, { forkOf: isString }),
  title: line({ title: isString }),
  user: line({ message: message("user", isUserPart) }, {
    hidden: isTrue,
    instructions: arrayOf(isString),
    plan: isBoolean,
    typed: isString
  }),
  assistant: line(
    { message: message("assistant", isAssistantPart), reason: isString, ...spent[0] },
    { ...spent[1], interrupted: isTrue, cut: isOneOf("replaced", "continued") }
  ),
  "tool-start": line({ id: isString }),
  "tool-result": line({
    id: isString,
    name: isString,
    title: isString,
    outcome: isOneOf("ok", "failed", "denied", "interrupted"),
    output: isOutput
  }),
  usage: line(...spent)
}))

/** Adds what decoding adds to a part or a message. */
const complete = (typeId: string, value: Json): Json => {
  value[typeId] = typeId
  value["options"] ??= {}
  return value
}

const completeMessage = (message: Json) => {
  const { content } = message
  if (isString(content)) {
    message["content"] = [Prompt.textPart({ text: content })]
  } else {
    for (const part of content as ReadonlyArray<Json>) {
      complete(Prompt.PartTypeId, part)
      if (part["type"] === "tool-call") part["providerExecuted"] ??= false
    }
  }
  complete(Prompt.MessageTypeId, message)
}

/** Decodes parsed JSON, which it changes; `undefined` if only the schema can tell whether it is a line. */
export const recognizeLine = (json: object): Entry | undefined => {
  const line = json as Json
  if (checks.get(line["type"])?.(line) !== true) return undefined
  if (line["type"] === "user" || line["type"] === "assistant") completeMessage(line["message"] as Json)
  return line as unknown as Entry
}
