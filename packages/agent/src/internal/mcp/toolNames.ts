/** Names for MCP tools that every provider accepts. */
import { createHash } from "node:crypto"

/** Maximum length of a tool's name. Source: `ToolSpecification.name` in the Bedrock Runtime API. */
const maxLength = 64

const joinNames = (server: string, tool: string): string => `${server}_${tool}`.replace(/[^a-zA-Z0-9_-]/g, "_")

/** Makes the name that the model sees for each tool: `server_tool`, with a hash if that is too long or not unique. */
export const makeWireNames = (
  tools: ReadonlyArray<{ readonly server: string; readonly tool: string }>
): ReadonlyArray<string> => {
  const names = tools.map(({ server, tool }) => joinNames(server, tool))
  return names.map((name, index) => {
    const isUnique = names.indexOf(name) === names.lastIndexOf(name)
    if (isUnique && name.length <= maxLength) return name
    const { server, tool } = tools[index]!
    const hash = createHash("sha256").update(JSON.stringify([server, tool])).digest("hex").slice(0, 8)
    return `${name.slice(0, maxLength - hash.length - 1)}_${hash}`
  })
}
