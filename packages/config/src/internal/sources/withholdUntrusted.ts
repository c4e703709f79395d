/** Withholds those settings of a project's file that need the user's trust. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { paths } from "../../ConfigFile.ts"
import type { UntrustedFile } from "../../ConfigReport.ts"
import * as Environment from "../../Environment.ts"
import * as TrustedFiles from "../../trust/TrustedFiles.ts"
import { TrustPolicy } from "../../trust/TrustPolicy.ts"
import type { Source } from "../file/parse.ts"
import { type Branch, find, formatPath, remove, toValue, type Tree } from "../file/tree.ts"
import { maskSetting } from "../values/maskSetting.ts"
import { includeFiles } from "./includedFiles.ts"
import { hasPlaceholder, onDisk } from "./substitute.ts"

/** The path of the source if it is a project's file. */
export const projectFile = (source: Source): Option.Option<string> => {
  const origin = source.origin(1, 1, "")
  return origin._tag === "File" && origin.scope === "project" ? Option.some(origin.path) : Option.none()
}

/** The endpoints in the user's own configuration (`trees`, with placeholders replaced) and environment. */
export const findOwnEndpoints = Effect.fn("findOwnEndpoints")(function*(trees: ReadonlyArray<Branch>) {
  const written = trees.flatMap((tree) =>
    [paths.baseURL, paths.endpoint].flatMap((path) => {
      const leaf = find(tree, path)
      return leaf?._tag === "Leaf" && typeof leaf.filled === "string" ? [leaf.filled] : []
    })
  )
  const environment = yield* Effect.forEach(
    ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"],
    Environment.readVariable
  )
  return [...written, ...environment.flatMap(Option.toArray)]
})

/** The user's own values to which a project's are compared. */
export interface OwnSettings {
  readonly endpoints: ReadonlyArray<string>
  /** The cost limit of a session in US dollars. */
  readonly maxCost: Option.Option<number>
  /** The merged files of the user's own, with placeholders replaced. */
  readonly tree: Branch
}

const bedrock = ["provider", "amazon-bedrock"] as const

/** The cost limit in the user's own configuration. */
export const findOwnMaxCost = (own: Branch): Option.Option<number> => {
  const leaf = find(own, [...bedrock, "options", "maxCost"])
  return leaf?._tag === "Leaf" && typeof leaf.value === "number" ? Option.some(leaf.value) : Option.none()
}

/** The path of the options to which the setting at `path` belongs: the general ones, or those of one model. */
const findOptions = (path: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  if (path[0] !== bedrock[0] || path[1] !== bedrock[1]) return undefined
  if (path[2] === "options") return path.slice(0, 3)
  return path[2] === "models" && path[4] === "options" ? path.slice(0, 5) : undefined
}

const groups: ReadonlySet<string | undefined> = new Set(["headers", "guardrail", "additionalModelRequestFields"])

/** Whether this setting is reviewed as a whole. Replacing it with something empty would be a change too. */
const isGroup = (path: ReadonlyArray<string>): boolean => {
  const at = findOptions(path)
  return path.length === 1 && (path[0] === "permission" || path[0] === "notification") ||
    path.length === 2 && path[0] === "mcp" ||
    at !== undefined && path.length === at.length + 1 && groups.has(path.at(-1)) ||
    path.length === 5 && path[2] === "models" && path[4] === "cost"
}

/** The user's own guardrail that a change of this option would replace or leave out. */
const findOwnGuardrail = (own: Branch, path: ReadonlyArray<string>): unknown => {
  const read = (options: ReadonlyArray<string>): unknown => {
    const found = find(own, [...options, "guardrail"])
    return found === undefined ? undefined : toValue(found, ({ filled, value }) => filled ?? value)
  }
  const general = read([...bedrock, "options"])
  const at = findOptions(path)
  if (path.at(-1) === "drop") {
    // It applies to the requests of every model.
    const models = find(own, [...bedrock, "models"])
    const names = models?._tag === "Branch" ? Array.from(models.children.keys()) : []
    return [general, ...names.map((name) => read([...bedrock, "models", name, "options"]))].find(Predicate.isRecord)
  }
  const ofModel = at?.[2] === "models" ? read(at) : undefined
  if (ofModel === undefined) return general
  return Predicate.isRecord(ofModel) && ofModel["id"] === undefined && Predicate.isRecord(general)
    ? { ...general, ...ofModel }
    : ofModel
}

const listChanges = (
  tree: Branch,
  path: ReadonlyArray<string> = []
): ReadonlyArray<readonly [ReadonlyArray<string>, Tree]> =>
  Array.from(tree.children).flatMap(([key, child]) => {
    const at = [...path, key]
    return child._tag === "Leaf" || isGroup(at) ? [[at, child] as const] : listChanges(child, at)
  })

/** Commands and the names of headers are shown, since the user decides about them. A stranger's file has none of the user's secrets. */
const toShown = (path: ReadonlyArray<string>, value: unknown): unknown => {
  if (path.at(-1) === "tokenCommand") return value
  return path.at(-1) === "headers" && findOptions(path) !== undefined && Predicate.isRecord(value)
    ? maskSetting(value, [])
    : maskSetting(value, path)
}

/** The tree without the withheld settings, a description of these, and the files that the other settings may read. */
export const withholdUntrusted = Effect.fn("withholdUntrusted")(
  function*(tree: Branch, source: Source, path: string, own: OwnSettings) {
    const { review } = yield* TrustPolicy
    const changes: Array<UntrustedFile["changes"][number]> = []
    let rest = tree
    for (const [path, change] of listChanges(tree)) {
      const value = toValue(change)
      const why = review({
        path,
        value,
        hasPlaceholder: hasPlaceholder(path, change),
        ownEndpoints: own.endpoints,
        ownMaxCost: own.maxCost,
        ownGuardrail: findOwnGuardrail(own.tree, path)
      })
      if (Option.isNone(why)) continue
      changes.push({ key: formatPath(path), value: toShown(path, value), why: why.value, origin: change.origin })
      rest = remove(rest, path)
    }
    if (changes.length === 0) return { tree, untrusted: Option.none<UntrustedFile>(), files: onDisk }
    const { files, hashes } = yield* includeFiles(tree, source)
    const version = TrustedFiles.version(path, source.text, hashes)
    if (yield* TrustedFiles.has(version)) return { tree, untrusted: Option.none<UntrustedFile>(), files }
    return {
      tree: rest,
      untrusted: Option.some<UntrustedFile>({ ...version, changes, includes: [...hashes.keys()] }),
      files
    }
  }
)
