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

const toList = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : []
const getMember = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce((at, name) => Predicate.isRecord(at) ? at[name] : undefined, value)
const toText = (value: unknown): string => Predicate.isString(value) ? value : ""

/** Each content block with its path, including those in tool results. */
export const listBlocks = (body: unknown): ReadonlyArray<readonly [path: string, block: unknown]> =>
  toList(getMember(body, "messages")).flatMap((message, m) =>
    toList(getMember(message, "content")).flatMap((block, c) => {
      const path = `messages.${m}.content.${c}`
      const inner = toList(getMember(block, "toolResult", "content"))
      return [[path, block] as const, ...inner.map((part, r) => [`${path}.toolResult.content.${r}`, part] as const)]
    })
  )

export const listMedia = (body: unknown, kind: "image" | "document"): ReadonlyArray<Media> =>
  listBlocks(body).flatMap(([path, block]) => {
    const found = getMember(block, kind)
    return found === undefined || found === null ? [] : [{
      path: `${path}.${kind}.source.bytes`,
      format: toText(getMember(found, "format")),
      bytes: Buffer.from(toText(getMember(found, "source", "bytes")), "base64"),
      name: toText(getMember(found, "name"))
    }]
  })

export const listTools = (body: unknown) =>
  toList(getMember(body, "toolConfig", "tools")).flatMap((tool) => {
    const spec = getMember(tool, "toolSpec")
    return spec === undefined ? [] : [{
      name: toText(getMember(spec, "name")),
      description: getMember(spec, "description"),
      schema: getMember(spec, "inputSchema", "json")
    }]
  })

export const findDuplicates = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((name, index) => names.indexOf(name) < index)

/** Whether all surrogate pairs are complete, in names and values. */
export const isWellFormed = (value: unknown): boolean => {
  if (Predicate.isString(value)) return value.isWellFormed()
  if (Array.isArray(value)) return value.every(isWellFormed)
  return !Predicate.isRecord(value)
    || Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner))
}

export interface CachePoint {
  /** Members are counted from 1. */
  readonly path: string
  readonly type: string
  readonly ttl: string | undefined
}

export const listCachePoints = (body: unknown): ReadonlyArray<CachePoint> => {
  const places: ReadonlyArray<readonly [path: string, block: unknown]> = [
    ...toList(getMember(body, "toolConfig", "tools")).map((tool, t) =>
      [`toolConfig.tools.${t + 1}.member`, tool] as const
    ),
    ...toList(getMember(body, "system")).map((block, s) => [`system.${s + 1}.member`, block] as const),
    ...toList(getMember(body, "messages")).flatMap((message, m) =>
      toList(getMember(message, "content")).map((block, c) =>
        [`messages.${m + 1}.member.content.${c + 1}.member`, block] as const
      )
    )
  ]
  return places.flatMap(([path, block]) => {
    const found = getMember(block, "cachePoint")
    if (found === undefined || found === null) return []
    const ttl = getMember(found, "ttl")
    return [{ path, type: toText(getMember(found, "type")), ttl: Predicate.isString(ttl) ? ttl : undefined }]
  })
}

export function* findProblems(body: unknown): Generator<string> {
  const images = listMedia(body, "image")
  const documents = listMedia(body, "document")
  if (images.length > 20) yield `The request contains ${images.length} images. At most 20 are allowed.`
  for (const { bytes, path } of images) {
    if (bytes.length > 3_750_000) yield `${path}: image exceeds 3.75 MB maximum: ${bytes.length} bytes`
  }
  if (documents.length > 5) yield `The request contains ${documents.length} documents. At most 5 are allowed.`
  for (const { bytes, path } of documents) {
    if (bytes.length > 4_500_000) yield `${path}: document exceeds 4.5 MB maximum: ${bytes.length} bytes`
  }
  if (findDuplicates(documents.map(({ name }) => name)).length > 0) {
    yield "The document file names must be unique within a request."
  }
  for (const name of findDuplicates(listTools(body).map(({ name }) => name))) {
    yield `The tool ${name} is already defined.`
  }
  for (const [t, { description }] of listTools(body).entries()) {
    if (Predicate.isString(description) && description.trim() === "") {
      yield `The description of the tool at toolConfig.tools.${t} is blank.`
    }
  }
  for (const [path, block] of listBlocks(body)) {
    const part = getMember(block, "text")
    if (path.includes(".toolResult.") && Predicate.isString(part) && part.trim() === "") {
      yield `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`
    }
  }
  for (const message of toList(getMember(body, "messages"))) {
    const ids = toList(getMember(message, "content")).map((block) => toText(getMember(block, "toolUse", "toolUseId")))
    if (findDuplicates(ids.filter((id) => id !== "")).length > 0) yield "The toolUse blocks contain duplicate Ids."
  }
  const points = listCachePoints(body)
  if (points.length > 4) yield `A maximum of 4 cache points may be provided. Found ${points.length}.`
  // Prompts are cached in the order tools, system, messages. Source: Bedrock user guide, "Prompt caching".
  const shorter = points.findIndex(({ ttl = "5m" }) => ttl === "5m")
  if (shorter !== -1 && points.slice(shorter).some(({ ttl }) => ttl === "1h")) {
    yield "A cache point with the ttl 1h must not come after one with the ttl 5m."
  }
}
