import { publicUrl } from "@altimate-code/config/PublicUrl"

/** The URL that the SDK makes of a base URL, fit to be shown. The whole model ID is one segment of the path. */
export const requestUrl = (
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
