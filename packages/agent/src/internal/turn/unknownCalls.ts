/** Corrects the calls of an answer: adds those of tools that the request did not offer, and removes one that was cut off. */
import * as Response from "@effect/ai/Response"
import * as Either from "effect/Either"

type Part = Response.AnyPart

/**
 * For a call of an unknown tool, `@effect/ai` emits only the parameters. This adds the call after them, unless the parameters are not JSON
 * because the call was cut off.
 */
export const withUnknownCalls = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> => {
  const called = new Set(parts.flatMap((part) => part.type === "tool-call" ? [part.id] : []))
  return parts.flatMap((part) => {
    if (part.type !== "tool-params-end" || called.has(part.id)) return [part]
    const start = parts.find((other) => other.type === "tool-params-start" && other.id === part.id)
    if (start?.type !== "tool-params-start" || start.providerExecuted) return [part]
    const text = parts.map((other) => other.type === "tool-params-delta" && other.id === part.id ? other.delta : "")
      .join("")
    return Either.match(Either.try((): unknown => text.trim() === "" ? {} : JSON.parse(text)), {
      onLeft: () => [part],
      onRight: (params) => [
        part,
        Response.makePart("tool-call", {
          id: part.id,
          name: start.name,
          params,
          providerExecuted: false
        }) as Response.ToolCallPart<string, unknown>
      ]
    })
  })
}

/**
 * Removes a call at the end of an answer that reached its token limit before the parameters of the call began. Without any, they look like `{}`,
 * so a tool without required parameters would run.
 */
export const withoutUnbegunCall = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> => {
  const last = parts.findLast(({ type }) => contentStarts.has(type))
  if (last?.type !== "tool-params-start" || last.providerExecuted) return parts
  if (parts.some((part) => part.type === "tool-params-delta" && part.id === last.id)) return parts
  return parts.filter((part) => part.type !== "tool-call" || part.id !== last.id)
}

const contentStarts: ReadonlySet<string> = new Set(["text-start", "reasoning-start", "tool-params-start"])
