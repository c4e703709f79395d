/** The tools of a server's list that can be used. */
import * as Cut from "@altimate-code/system/Cut"
import * as Predicate from "effect/Predicate"

export interface McpTool {
  readonly name: string
  readonly description: string
  /** A JSON Schema as the server wrote it. */
  readonly inputSchema: object
  readonly isReadOnly: boolean
}

export interface UsableTools {
  readonly tools: ReadonlyArray<McpTool>
  /** Which tools were left out, and why, for the user. */
  readonly notices: ReadonlyArray<string>
}

/** The parameters of a call are an object: can one meet this schema? Whatever a schema does not say is allowed. */
const takesObject = (schema: unknown): boolean => {
  if (schema === false) return false
  if (!Predicate.isRecord(schema) || schema["type"] === undefined) return true
  return [schema["type"]].flat().includes("object")
}

const quoted = (name: string): string => JSON.stringify(Cut.head(name, 100))

/** What others list may be anything. */
export const usableTools = (list: ReadonlyArray<unknown>): UsableTools => {
  const tools = new Map<string, McpTool>()
  const notices: Array<string> = []
  for (const [index, tool] of list.entries()) {
    const { annotations, description, inputSchema, name } = Predicate.isRecord(tool) ? tool : {}
    if (!Predicate.isString(name) || name.trim() === "") {
      notices.push(`tool ${index + 1} of its list was left out: it has no name`)
    } else if (tools.has(name)) {
      notices.push(`a second tool ${quoted(name)} was left out: its name is taken`)
    } else if (!takesObject(inputSchema)) {
      notices.push(`the tool ${quoted(name)} was left out: its input schema does not allow an object of parameters`)
    } else {
      tools.set(name, {
        name,
        description: Predicate.isString(description) ? description : "",
        inputSchema: Predicate.isRecord(inputSchema) ? inputSchema : { type: "object" },
        isReadOnly: Predicate.isRecord(annotations) && annotations["readOnlyHint"] === true
      })
    }
  }
  return { tools: [...tools.values()], notices }
}
