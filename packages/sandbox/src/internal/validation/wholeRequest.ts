/**
 * Limits for the whole request. Source: the Bedrock API reference, `Message` and `Tool`. Where Bedrock's message is not known, the sandbox uses its own.
 */
import * as Predicate from "effect/Predicate"

export interface Media {
  /** The path, in the form of Claude's messages. */
  readonly path: string
  readonly format: string
  readonly bytes: Buffer
  readonly name: string
}

const list = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []
const member = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce((at, name) => Predicate.isRecord(at) ? at[name] : undefined, value)
const text = (value: unknown): string => Predicate.isString(value) ? value : ""

/** Each content block with its path, including those in tool results. */
export const blocks = (body: unknown): ReadonlyArray<readonly [path: string, block: unknown]> =>
  list(member(body, "messages")).flatMap((message, m) =>
    list(member(message, "content")).flatMap((block, c) => {
      const path = `messages.${m}.content.${c}`
      const inner = list(member(block, "toolResult", "content"))
      return [[path, block] as const, ...inner.map((part, r) => [`${path}.toolResult.content.${r}`, part] as const)]
    })
  )

export const media = (body: unknown, kind: "image" | "document"): ReadonlyArray<Media> =>
  blocks(body).flatMap(([path, block]) => {
    const found = member(block, kind)
    return found === undefined || found === null ? [] : [{
      path: `${path}.${kind}.source.bytes`,
      format: text(member(found, "format")),
      bytes: Buffer.from(text(member(found, "source", "bytes")), "base64"),
      name: text(member(found, "name"))
    }]
  })

export const tools = (body: unknown) =>
  list(member(body, "toolConfig", "tools")).flatMap((tool) => {
    const spec = member(tool, "toolSpec")
    return spec === undefined ? [] : [{
      name: text(member(spec, "name")),
      description: member(spec, "description"),
      schema: member(spec, "inputSchema", "json")
    }]
  })

export const duplicates = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((name, index) => names.indexOf(name) < index)

/** Are all surrogate pairs complete, in names and values? */
export const isWellFormed = (value: unknown): boolean => {
  if (Predicate.isString(value)) return value.isWellFormed()
  if (Array.isArray(value)) return value.every(isWellFormed)
  return !Predicate.isRecord(value)
    || Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner))
}

const cachePoints = (body: unknown): number =>
  [
    ...list(member(body, "system")),
    ...list(member(body, "toolConfig", "tools")),
    ...blocks(body).map(([, block]) => block)
  ].filter((block) => member(block, "cachePoint") !== undefined).length

export function* problems(body: unknown): Generator<string> {
  const images = media(body, "image")
  const documents = media(body, "document")
  if (images.length > 20) yield `The request holds ${images.length} images. At most 20 are allowed.`
  for (const { bytes, path } of images) {
    if (bytes.length > 3_750_000) yield `${path}: image exceeds 3.75 MB maximum: ${bytes.length} bytes`
  }
  if (documents.length > 5) yield `The request holds ${documents.length} documents. At most 5 are allowed.`
  for (const { bytes, path } of documents) {
    if (bytes.length > 4_500_000) yield `${path}: document exceeds 4.5 MB maximum: ${bytes.length} bytes`
  }
  if (duplicates(documents.map(({ name }) => name)).length > 0) {
    yield "The document file names must be unique within a request."
  }
  for (const name of duplicates(tools(body).map(({ name }) => name))) yield `The tool ${name} is already defined.`
  for (const [t, { description }] of tools(body).entries()) {
    if (Predicate.isString(description) && description.trim() === "") {
      yield `The description of the tool at toolConfig.tools.${t} is blank.`
    }
  }
  for (const [path, block] of blocks(body)) {
    const part = member(block, "text")
    if (path.includes(".toolResult.") && Predicate.isString(part) && part.trim() === "") {
      yield `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`
    }
  }
  for (const message of list(member(body, "messages"))) {
    const ids = list(member(message, "content")).map((block) => text(member(block, "toolUse", "toolUseId")))
    if (duplicates(ids.filter((id) => id !== "")).length > 0) yield "The toolUse blocks contain duplicate Ids."
  }
  if (cachePoints(body) > 4) yield `A maximum of 4 cache points may be provided. Found ${cachePoints(body)}.`
}
