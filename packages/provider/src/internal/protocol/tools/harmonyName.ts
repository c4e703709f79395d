/**
 * Removes tokens of the harmony format from the name of a called tool. gpt-oss writes its calls in that format, and some servers leave parts of
 * it in the name: `read_file<|channel|>commentary`, `<|channel|>commentary to=functions.read_file`.
 * Source: OpenAI, "OpenAI harmony response format", on function calling.
 */
export const cleanToolName = (name: string): string => {
  const marker = name.indexOf("<|")
  if (marker === -1) return name
  const recipient = /\bto=([^\s<]+)/.exec(name)?.[1] ?? name.slice(0, marker)
  return recipient.trim().replace(/^functions\./, "")
}
