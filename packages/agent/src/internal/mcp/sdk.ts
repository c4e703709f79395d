/** Loads the parts of the MCP SDK that are used, and only when a server is configured, because it is large. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { SSEClientTransport, SseError } from "@modelcontextprotocol/sdk/client/sse.js"
import type {
  StreamableHTTPClientTransport,
  StreamableHTTPError
} from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import type { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js"
import type { ResultSchema, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js"
import * as Effect from "effect/Effect"
import { describe } from "./describe.ts"
import { StartError } from "./mcpError.ts"

/** Listed one by one, because the compiler takes minutes for the type of the whole SDK. */
export interface Sdk {
  readonly Client: typeof Client
  readonly ReadBuffer: typeof ReadBuffer
  readonly ResultSchema: typeof ResultSchema
  readonly SSEClientTransport: typeof SSEClientTransport
  readonly SseError: typeof SseError
  readonly StreamableHTTPClientTransport: typeof StreamableHTTPClientTransport
  readonly StreamableHTTPError: typeof StreamableHTTPError
  readonly ToolListChangedNotificationSchema: typeof ToolListChangedNotificationSchema
  readonly serializeMessage: typeof serializeMessage
}

const load = async (): Promise<Sdk> => {
  const [{ Client }, http, sse, stdio, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    import("@modelcontextprotocol/sdk/client/sse.js"),
    import("@modelcontextprotocol/sdk/shared/stdio.js"),
    import("@modelcontextprotocol/sdk/types.js")
  ])
  const { StreamableHTTPClientTransport, StreamableHTTPError } = http
  const { SSEClientTransport, SseError } = sse
  const { ReadBuffer, serializeMessage } = stdio
  const { ResultSchema, ToolListChangedNotificationSchema } = types
  return {
    Client,
    ReadBuffer,
    ResultSchema,
    SSEClientTransport,
    SseError,
    StreamableHTTPClientTransport,
    StreamableHTTPError,
    ToolListChangedNotificationSchema,
    serializeMessage
  }
}

export const loadSdk: Effect.Effect<Sdk, StartError> = Effect.tryPromise({
  try: load,
  catch: (error) => new StartError({ reason: "Sdk", message: describe(error) })
})
