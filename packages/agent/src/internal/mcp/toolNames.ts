/** Names of MCP tools that every provider takes. */
import { createHash } from "node:crypto"

const longest = 64

const valid = (server: string, tool: string): string => `${server}_${tool}`.replace(/[^a-zA-Z0-9_-]/g, "_")

/** The name that the model sees, for each tool: `server_tool`, and with a hash when that is too long or is two tools' name. */
export const wireNames = (
  tools: ReadonlyArray<{ readonly server: string; readonly tool: string }>
): ReadonlyArray<string> => {
  const names = tools.map(({ server, tool }) => valid(server, tool))
  return names.map((name, index) => {
    const isUnique = names.indexOf(name) === names.lastIndexOf(name)
    if (isUnique && name.length <= longest) return name
    const { server, tool } = tools[index]!
    const hash = createHash("sha256").update(JSON.stringify([server, tool])).digest("hex").slice(0, 8)
    return `${name.slice(0, longest - hash.length - 1)}_${hash}`
  })
}
