/** Answers of remote servers that break off. */
import * as Predicate from "effect/Predicate"
import type { Options } from "../../../McpServers.ts"

/** So long the SDK may take to read what came before the end, in milliseconds. */
const grace = 100

/**
 * The same `fetch`, which tells of each request whose answer ended: the SDK would wait for the rest of it until the call's time
 * limit. Not of a stream whose events have IDs: that one the SDK opens again by itself.
 */
export const watchAnswers =
  (fetch: Options["fetch"], ended: (id: string | number) => void): Options["fetch"] => async (url, init) => {
    const response = await fetch(url, init)
    const id = requestId(init)
    if (id === undefined || response.body === null || !isEventStream(response)) return response
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    let line = ""
    let canResume = false
    const over = () => canResume || setTimeout(() => ended(id), grace).unref()
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (done) {
            over()
            return controller.close()
          }
          const lines = (line + decoder.decode(value, { stream: true })).split(/[\r\n]/)
          canResume ||= lines.some((line) => line.startsWith("id:"))
          line = lines.at(-1)!
          controller.enqueue(value)
        } catch (error) {
          over()
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
