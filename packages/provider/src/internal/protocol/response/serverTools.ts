/** Collects the tools that the service runs itself while it generates an answer. Pure. */
import type { ToolResultBlock, ToolResultBlockDelta } from "@aws-sdk/client-bedrock-runtime"
import type { ServerToolUse } from "../../../parts/ResponseMetadata.ts"

type Content = ReadonlyArray<NonNullable<ToolResultBlock["content"]>[number] | ToolResultBlockDelta>

/** Adds pieces of a result: texts that follow each other are one text. */
export const addContent = (result: ReadonlyArray<unknown>, content: Content): ReadonlyArray<unknown> =>
  content.reduce<ReadonlyArray<unknown>>((all, { json, text }) => {
    const last = all.at(-1)
    if (text === undefined) return json === undefined ? all : [...all, json]
    return typeof last === "string" ? [...all.slice(0, -1), last + text] : [...all, text]
  }, result)

/** Adds a result to the last call with this ID that has none. */
export const addResult = (
  calls: ReadonlyArray<ServerToolUse>,
  id: string,
  result: ReadonlyArray<unknown>,
  status: string | undefined
): ReadonlyArray<ServerToolUse> => {
  const at = calls.findLastIndex((call) => call.id === id && call.result === undefined)
  return calls.map((call, index) =>
    index === at ? { ...call, result, ...(status === "error" && { isFailure: true }) } : call
  )
}
