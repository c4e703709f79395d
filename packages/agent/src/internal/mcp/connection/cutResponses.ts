/** Detects responses of remote servers that are cut off. */
import * as Predicate from "effect/Predicate"
import type { McpHost } from "../../../mcp/McpHost.ts"

/** How long the SDK has to process data that arrived before the end, in milliseconds. */
const processingGrace = 100

/**
 * Makes a `fetch` that reports each request whose response stream ended, because the SDK would wait for the rest until the call times
 * out. Streams whose events have IDs are not reported, because the SDK resumes them.
 */
export const reportEndedResponses =
  (fetch: McpHost["fetch"], ended: (id: string | number) => void): McpHost["fetch"] => async (url, init) => {
    const response = await fetch(url, init)
    const id = requestId(init)
    if (id === undefined || response.body === null || !isEventStream(response)) return response
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    let line = ""
    let canResume = false
    const reportEnd = () => canResume || setTimeout(() => ended(id), processingGrace).unref()
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (done) {
            reportEnd()
            return controller.close()
          }
          const lines = (line + decoder.decode(value, { stream: true })).split(/[\r\n]/)
          canResume ||= lines.some((line) => line.startsWith("id:"))
          line = lines.at(-1)!
          controller.enqueue(value)
        } catch (error) {
          reportEnd()
          controller.error(error)
        }
      },
      cancel: (reason) => reader.cancel(reason)
    })
    return new Response(body, response)
  }

const isEventStream = ({ headers }: Response): boolean =>
  headers.get("content-type")?.trim().toLowerCase().startsWith("text/event-stream") === true

const requestId = (init: RequestInit | undefined): string | number | undefined => {
  if (typeof init?.body !== "string") return undefined
  const message: unknown = JSON.parse(init.body)
  if (!Predicate.hasProperty(message, "method") || !Predicate.hasProperty(message, "id")) return undefined
  return Predicate.isString(message.id) || Predicate.isNumber(message.id) ? message.id : undefined
}
