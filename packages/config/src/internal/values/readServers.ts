import { printable } from "@altimate-code/log/Printable"
import * as StrayCharacter from "@altimate-code/system/StrayCharacter"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import type { ConfigFile } from "../../ConfigFile.ts"
import type { McpServer } from "../../McpServer.ts"
import { type Origin, position } from "../../Origin.ts"
import { type Branch, find, formatPath, listLeaves, type Tree } from "../file/tree.ts"
import { isHeaderName, readHeader } from "./headerValue.ts"

type Written = NonNullable<ConfigFile["mcp"]>

/** A remark about a server: why an enabled server is not used, or which part of a header is not sent. */
export interface Remark {
  readonly key: string
  readonly origin: Origin
  readonly why: string
}

/** The MCP servers that can be used. The others are left out, and the rest of the configuration applies. */
export const readServers = (written: Written, merged: Branch) => {
  const servers: Record<string, McpServer> = Object.create(null)
  const leftOut: Array<Remark> = []
  const notices: Array<Remark> = []
  for (const [name, server] of Object.entries(written)) {
    const tree = find(merged, ["mcp", name])
    if (tree === undefined) continue
    const read = readHeaders(server.headers ?? {}, tree)
    const problem = findUnfilled(tree) ?? read.problem ?? findInvisibleInUrl(server.url ?? "", tree)
    const usable = problem === undefined ? complete({ ...server, ...read.headers }) : Option.none()
    const key = formatPath(["mcp", name])
    if (Option.isSome(usable)) {
      servers[name] = usable.value
      notices.push(...read.notices.map((notice) => ({ key, ...notice })))
    } else if (server.enabled !== false) leftOut.push({ key, origin: tree.origin, ...(problem ?? incomplete) })
  }
  return { servers, leftOut, notices }
}

const findInvisibleInUrl = (url: string, tree: Tree) =>
  Option.getOrUndefined(Option.map(StrayCharacter.find(url, StrayCharacter.isVisible), (stray) => ({
    origin: find(tree, ["url"])?.origin ?? tree.origin,
    why: `its url has ${StrayCharacter.describe(stray)}`
  })))

/** The headers as they are sent, or the first one that can't be sent. */
const readHeaders = (written: NonNullable<Written[string]["headers"]>, tree: Tree) => {
  const headers: Record<string, string> = Object.create(null)
  const notices: Array<Omit<Remark, "key">> = []
  for (const [name, text] of Object.entries(written)) {
    const { origin } = find(tree, ["headers", name]) ?? tree
    const read = isHeaderName(name)
      ? readHeader(name, text)
      : Either.left("has an invalid name")
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

const incomplete = { why: "it needs a command, or a url if it is a remote server" }

const findUnfilled = (tree: Tree) =>
  (tree._tag === "Branch" ? listLeaves(tree) : [])
    .flatMap(([, { origin, unfilled }]) =>
      // The message begins with the position, which the caller shows as well.
      unfilled === undefined ? [] : [{ origin, why: unfilled.message.slice(position(origin).length + 2) }]
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
