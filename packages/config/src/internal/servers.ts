import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import type { ConfigFile } from "../ConfigFile.ts"
import type { Origin } from "../Origin.ts"
import type { McpServer } from "../Settings.ts"
import { place } from "./place.ts"
import { type Branch, dotted, find, leaves, type Tree } from "./tree.ts"

type Written = NonNullable<ConfigFile["mcp"]>

/** A server that is not used though nobody switched it off, and why. */
export interface LeftOut {
  readonly key: string
  readonly origin: Origin
  readonly why: string
}

/** The MCP servers that can be used. One that cannot is no reason to refuse all else. */
export const usableServers = (written: Written, merged: Branch) => {
  const servers: Record<string, McpServer> = Object.create(null)
  const leftOut: Array<LeftOut> = []
  for (const [name, server] of Object.entries(written)) {
    const tree = find(merged, ["mcp", name])
    if (tree === undefined) continue
    const unfilled = firstUnfilled(tree)
    const usable = unfilled === undefined ? complete(server) : Option.none()
    if (Option.isSome(usable)) servers[name] = usable.value
    else if (server.enabled !== false) {
      leftOut.push({ key: dotted(["mcp", name]), origin: tree.origin, ...(unfilled ?? incomplete) })
    }
  }
  return { servers, leftOut }
}

const incomplete = { why: "it needs a type, \"local\" with a command or \"remote\" with a url" }

const firstUnfilled = (tree: Tree) =>
  (tree._tag === "Branch" ? leaves(tree) : [])
    .flatMap(([, { origin, unfilled }]) =>
      // The message begins with the place, which stands beside it already.
      unfilled === undefined ? [] : [{ origin, why: unfilled.message.slice(place(origin).length + 2) }]
    )[0]

const complete = (server: Written[string]): Option.Option<McpServer> => {
  const { command = [], type, url = "" } = server
  if (type === "local" && command.some((word) => word.trim() !== "")) {
    return Option.some({ type, command, ...Struct.pick(server, "environment", "enabled", "timeout") })
  }
  if (type === "remote" && url.trim() !== "") {
    return Option.some({ type, url, ...Struct.pick(server, "headers", "enabled", "timeout") })
  }
  return Option.none()
}
