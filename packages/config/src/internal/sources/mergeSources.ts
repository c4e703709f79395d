/** Checks the sources, withholds what is not trusted, replaces placeholders and merges the results. */
import { Secrets } from "@altimate-code/log/Secrets"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Mode, paths } from "../../ConfigFile.ts"
import type { UnknownSetting, UntrustedFile } from "../../ConfigReport.ts"
import { Directories } from "../../Directories.ts"
import { flag, ProgramNames } from "../../given/ProgramNames.ts"
import { type Origin, position, type Setting } from "../../Origin.ts"
import { checkTypes, isConfigFile } from "../file/checkTypes.ts"
import { parse, type Source } from "../file/parse.ts"
import { type Branch, empty, find, formatPath, merge, toValue } from "../file/tree.ts"
import { findMisplacedUrl, findOtherProvidersUrls } from "../foreign/misplacedUrl.ts"
import { normalizeSpellings } from "../foreign/normalizeSpellings.ts"
import { describeUnenforcedRules } from "../foreign/unenforcedRules.ts"
import { findUnknownKeys } from "../foreign/unknownKeys.ts"
import { readServers } from "../values/readServers.ts"
import { isLooser, takeMode } from "./startMode.ts"
import { type Files, onDisk, substitute } from "./substitute.ts"
import {
  findOwnEndpoints,
  findOwnMaxCost,
  type OwnSettings,
  projectFile,
  withholdUntrusted
} from "./withholdUntrusted.ts"

/** A single verdict becomes the rule for `"*"` when another file adds rules. */
const keepVerdict = (under: Branch, over: Branch): Branch => {
  const verdict = under.children.get("permission")
  if (verdict?._tag !== "Leaf" || over.children.get("permission")?._tag !== "Branch") return under
  const { origin, start } = verdict
  const rules: Branch = { _tag: "Branch", origin, start, children: new Map([["*", verdict]]) }
  return { ...under, children: new Map(under.children).set("permission", rules) }
}

const isFromProject = (origin: Origin): boolean => origin._tag === "File" && origin.scope === "project"

interface Overrides {
  readonly trustProject?: boolean
  readonly maxCost?: number
}

export const mergeSources = Effect.fn("mergeSources")(function*(
  sources: ReadonlyArray<Source>,
  { maxCost, trustProject = false }: Overrides
) {
  const { cwd, home } = yield* Directories
  const names = yield* ProgramNames
  const { register } = yield* Secrets
  // Values like {env:HOME} or {env:USER} are part of the directories' own paths. Masking them would make paths unreadable.
  const isNotInPaths = (secret: string) => !home.includes(secret) && !cwd.includes(secret)
  const locate = (origin: Origin) => position(origin).replace(`${home}/`, (prefix, at) => at === 0 ? "~/" : prefix)
  const fill = (tree: Branch, source: Source, files: Files) =>
    Effect.tap(
      substitute(tree, source, files),
      ({ secrets }) =>
        Effect.forEach(secrets.filter(isNotInPaths), (secret) => register(Redacted.make(secret)), { discard: true })
    )

  const checked = yield* Effect.forEach(sources, (source) =>
    Effect.gen(function*() {
      const { mode, tree } = takeMode(normalizeSpellings(yield* checkTypes(yield* parse(source))))
      const path = trustProject ? Option.none() : projectFile(source)
      return { source, tree, mode, path, filled: Option.isSome(path) ? undefined : yield* fill(tree, source, onDisk) }
    }))
  const ownTrees = checked.flatMap(({ filled }) => filled === undefined ? [] : [filled.tree])
  const ownTree = ownTrees.reduce(merge, empty)
  const ownSettings: OwnSettings = {
    endpoints: yield* findOwnEndpoints(ownTrees),
    maxCost: Option.orElse(Option.fromNullable(maxCost), () => findOwnMaxCost(ownTree)),
    tree: ownTree
  }

  const warnings: Array<string> = []
  const unknown: Array<UnknownSetting> = []
  const untrusted: Array<UntrustedFile> = []
  let merged = empty
  let startMode: Setting<Mode> | undefined
  for (const { filled, mode, path, source, tree } of checked) {
    const current = startMode?.value ?? "ask"
    // Even if it is trusted, a project's file can only make the mode stricter.
    if (mode !== undefined && isFromProject(mode.origin) && isLooser(mode.value, current)) {
      warnings.push(
        `permission.mode is ignored (${
          locate(mode.origin)
        }): a project's file can't change the mode from "${current}" to "${mode.value}", which asks less. `
          + `Use ${flag(names, "mode")}, or set it in your own configuration.`
      )
    } else {
      startMode = mode ?? startMode
    }
    for (const { note, origin, path, suggestion } of findUnknownKeys(tree, names)) {
      const key = formatPath(path)
      unknown.push({
        key,
        origin,
        note: Option.map(Option.fromNullable(note), ({ text }) => text),
        isMissed: note?.isMissed ?? true,
        suggestion: Option.fromNullable(suggestion)
      })
      // Probable typos are worth a warning each.
      if (suggestion !== undefined) {
        warnings.push(`${key} is not a known setting and is ignored (${locate(origin)}). Did you mean ${suggestion}?`)
      }
    }
    warnings.push(...describeUnenforcedRules(tree, locate))
    const allowed = Option.isSome(path)
      ? yield* withholdUntrusted(tree, source, path.value, ownSettings)
      : { tree, untrusted: Option.none(), files: onDisk }
    untrusted.push(...Option.toArray(allowed.untrusted))
    const { tree: own, blanks } = filled ?? (yield* fill(allowed.tree, source, allowed.files))
    for (const { hadPlaceholder, origin, path } of blanks) {
      const after = hadPlaceholder ? " after its placeholders were replaced" : ""
      warnings.push(`${formatPath(path)} is blank${after} (${locate(origin)}). It is treated as not set.`)
    }
    merged = merge(keepVerdict(merged, own), own)
  }
  const file = toValue(merged, ({ filled, value }) => filled ?? value)
  // Each source was checked, and merging never changes a value.
  if (!isConfigFile(file)) {
    return yield* Effect.dieMessage("the merged configuration does not match its schema")
  }
  const { leftOut, notices, servers } = readServers(file.mcp ?? {}, merged)
  for (const { key, origin, why } of leftOut) warnings.push(`${key} is not used (${locate(origin)}): ${why}.`)
  for (const { key, origin, why } of notices) warnings.push(`${key} ${why} (${locate(origin)}).`)
  const key = find(merged, paths.apiKey)
  if (key?._tag === "Leaf" && isFromProject(key.origin) && key.value === key.filled) {
    warnings.push(
      `${formatPath(paths.apiKey)} is a token in a project file (${
        locate(key.origin)
      }), which other people may be able to read. `
        + "Use {env:NAME} or {file:~/path} instead, and replace the token if the file was shared."
    )
  }
  const others = checked.flatMap(({ tree }) => findOtherProvidersUrls(tree))
  if (others.length > 0) {
    const keys = others.map(({ origin, path }) => `${formatPath(path)} (${locate(origin)})`).join(", ")
    warnings.push(`${keys}: not used. Requests go only to Amazon Bedrock; these settings are for other providers.`)
  }
  // The last file takes precedence, so it is the one to correct.
  const misplaced = checked.toReversed().flatMap(({ tree }) => findMisplacedUrl(tree, names) ?? [])[0]
  return { file, merged, misplaced, mode: startMode, servers, unknown, untrusted, warnings }
})
