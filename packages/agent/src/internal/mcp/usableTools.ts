/** Selects the tools of a server's list that can be used. */
import * as Cut from "@altimate-code/system/Cut"
import * as Predicate from "effect/Predicate"

export interface McpTool {
  readonly name: string
  readonly description: string
  /** The JSON Schema that the server sent. */
  readonly inputSchema: object
  readonly isReadOnly: boolean
}

export interface UsableTools {
  readonly tools: ReadonlyArray<McpTool>
  /** Tells the user which tools were left out and why. */
  readonly notices: ReadonlyArray<string>
}

/** Whether the schema accepts an object, which the parameters of a call always are. */
const acceptsObject = (schema: unknown): boolean => {
  if (schema === false) return false
  if (!Predicate.isRecord(schema) || schema["type"] === undefined) return true
  return [schema["type"]].flat().includes("object")
}

const quote = (name: string): string => JSON.stringify(Cut.head(name, 100))

/** `list` is the server's data, which has not been validated. */
export const selectUsableTools = (list: ReadonlyArray<unknown>): UsableTools => {
  const tools = new Map<string, McpTool>()
  const notices: Array<string> = []
  for (const [index, tool] of list.entries()) {
    const { annotations, description, inputSchema, name } = Predicate.isRecord(tool) ? tool : {}
    if (!Predicate.isString(name) || name.trim() === "") {
      notices.push(`tool ${index + 1} of its list was left out: it has no name`)
    } else if (tools.has(name)) {
      notices.push(`a second tool ${quote(name)} was left out: another tool has the same name`)
    } else if (!acceptsObject(inputSchema)) {
      notices.push(`the tool ${quote(name)} was left out: its input schema does not accept an object`)
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
