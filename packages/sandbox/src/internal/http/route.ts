import * as Option from "effect/Option"

export type Operation = "converse" | "converse-stream"

export type Route =
  | { readonly type: "Operation"; readonly operation: Operation; readonly modelId: string }
  /** An ARN whose slash was not encoded: Bedrock reads its parts as path segments of an unknown operation. */
  | { readonly type: "SplitArn" }
  | List
  | { readonly type: "Unknown" }

/** A list of models: the control plane's, or the gateway's own. */
export interface List {
  readonly type: "List"
  readonly list: "foundation-models" | "inference-profiles" | "foundation-model-availability" | "gateway"
  /** The model ID, for its availability. */
  readonly id?: string
}

const unknown: Route = { type: "Unknown" }

const decode = Option.liftThrowable(decodeURIComponent)

const isOperation = (segment: string | undefined): segment is Operation =>
  segment === "converse" || segment === "converse-stream"

/** `/bedrock/v1` for `bedrock/v1/`; an empty string if there is no prefix. */
export const normalizePrefix = (prefix: string): string => {
  const bare = prefix.replace(/^\/+|\/+$/g, "")
  return bare === "" ? "" : `/${bare}`
}

/** The decoded path, or the path itself if it can't be decoded. */
export const decodePath = (pathname: string): string => Option.getOrElse(decode(pathname), () => pathname)

const parseList = (prefix: string, pathname: string): Route => {
  if (pathname === "/v1/models" || pathname === "/models") return { type: "List", list: "gateway" }
  if (!pathname.startsWith(`${prefix}/`)) return unknown
  const [list, id, ...rest] = pathname.slice(prefix.length + 1).split("/")
  if (rest.length > 0) return unknown
  switch (list) {
    case "foundation-models":
    case "inference-profiles":
      return id === undefined ? { type: "List", list } : unknown
    case "foundation-model-availability":
      return id === undefined ? unknown : { type: "List", list, id: decodePath(id) }
    default:
      return unknown
  }
}

export const parse = (prefix: string, method: string, pathname: string): Route => {
  if (method === "GET") return parseList(prefix, pathname)
  const root = `${prefix}/model/`
  if (method !== "POST" || !pathname.startsWith(root)) return unknown
  const segments = pathname.slice(root.length).split("/")
  const operation = segments.pop()
  if (!isOperation(operation)) return unknown
  return Option.match(decode(segments.join("/")), {
    onNone: () => unknown,
    onSome: (modelId) => {
      if (segments.length === 1 && modelId !== "") return { type: "Operation", operation, modelId }
      return modelId.startsWith("arn:") ? { type: "SplitArn" } : unknown
    }
  })
}
