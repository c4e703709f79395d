import { printable } from "@altimate-code/log/Printable"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import type { ConfigFile } from "../../ConfigFile.ts"
import type { Origin } from "../../Origin.ts"
import type { McpServer } from "../../Settings.ts"
import { place } from "../file/place.ts"
import { type Branch, dotted, find, leaves, type Tree } from "../file/tree.ts"
import { isHeaderName, readHeader } from "./headerValue.ts"

type Written = NonNullable<ConfigFile["mcp"]>

/** What is to be reported of a server: that it is not used though nobody switched it off, or what was left out of a header; and why. */
export interface LeftOut {
  readonly key: string
  readonly origin: Origin
  readonly why: string
}

/** The MCP servers that can be used. One that cannot is no reason to refuse all else. */
export const usableServers = (written: Written, merged: Branch) => {
  const servers: Record<string, McpServer> = Object.create(null)
  const leftOut: Array<LeftOut> = []
  const notices: Array<LeftOut> = []
  for (const [name, server] of Object.entries(written)) {
    const tree = find(merged, ["mcp", name])
    if (tree === undefined) continue
    const read = readHeaders(server.headers ?? {}, tree)
    const problem = firstUnfilled(tree) ?? read.problem ?? invisibleInUrl(server.url ?? "", tree)
    const usable = problem === undefined ? complete({ ...server, ...read.headers }) : Option.none()
    const key = dotted(["mcp", name])
    if (Option.isSome(usable)) {
      servers[name] = usable.value
      notices.push(...read.notices.map((notice) => ({ key, ...notice })))
    } else if (server.enabled !== false) leftOut.push({ key, origin: tree.origin, ...(problem ?? incomplete) })
  }
  return { servers, leftOut, notices }
}

const invisibleInUrl = (url: string, tree: Tree) =>
  Option.getOrUndefined(Option.map(StrayCharacter.find(url, StrayCharacter.isVisible), (stray) => ({
    origin: find(tree, ["url"])?.origin ?? tree.origin,
    why: `its url has ${StrayCharacter.describe(stray)}`
  })))

/** The headers as they are sent, or the first that can't be. */
const readHeaders = (written: NonNullable<Written[string]["headers"]>, tree: Tree) => {
  const headers: Record<string, string> = Object.create(null)
  const notices: Array<Omit<LeftOut, "key">> = []
  for (const [name, text] of Object.entries(written)) {
    const { origin } = find(tree, ["headers", name]) ?? tree
    const read = isHeaderName(name)
      ? readHeader(name, text)
      : Either.left("has a name that HTTP does not allow")
    if (Either.isLeft(read)) return { notices, problem: { origin, why: `its header ${printable(name)} ${read.left}` } }
    headers[name] = read.right.value
    notices.push(
      ...Option.toArray(read.right.notice).map((what) => ({
        origin,
        why: `has a header ${printable(name)} that ${what}`
      }))
    )
  }
  return { notices, headers: Object.keys(headers).length === 0 ? {} : { headers } }
}

const incomplete = { why: "it needs a command, or a url if it is remote" }

const firstUnfilled = (tree: Tree) =>
  (tree._tag === "Branch" ? leaves(tree) : [])
    .flatMap(([, { origin, unfilled }]) =>
      // The message begins with the place, which stands beside it already.
      unfilled === undefined ? [] : [{ origin, why: unfilled.message.slice(place(origin).length + 2) }]
    )[0]

const complete = (server: Written[string]): Option.Option<McpServer> => {
  const { command: words = [], type, url = "" } = server
  const command = [words, server.args ?? []].flat(2)
  if (type === "local" && command.some((word) => word.trim() !== "")) {
    return Option.some({ type, command, ...Struct.pick(server, "environment", "enabled", "timeout") })
  }
  if (type === "remote" && url.trim() !== "") {
    return Option.some({ type, url, ...Struct.pick(server, "headers", "headersCommand", "enabled", "timeout") })
  }
  return Option.none()
}
