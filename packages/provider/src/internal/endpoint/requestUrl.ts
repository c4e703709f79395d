import { publicUrl } from "@altimate-code/log/PublicUrl"

/** The URL that the SDK derives from a base URL, without secrets. The model ID is one path segment. */
export const makeRequestUrl = (
  endpoint: string,
  modelId: string | undefined,
  operation: "converse" | "converse-stream"
): string => {
  const { origin, pathname, search } = new URL(endpoint)
  const id = encodeURIComponent(modelId ?? "").replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return publicUrl(`${origin}${pathname.replace(/\/$/, "")}/model/${id}/${operation}${search}`)
}
