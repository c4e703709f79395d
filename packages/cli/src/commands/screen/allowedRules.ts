/** What the configuration allows without a question, and taking it back in the user's own file. */
import type { Grant, Rules } from "@altimate-code/agent/permission/PermissionRules"
import * as ConfigEdit from "@altimate-code/config/ConfigEdit"
import { Directories } from "@altimate-code/config/Directories"
import { source } from "@altimate-code/config/Origin"
import type * as Settings from "@altimate-code/config/Settings"
import * as Paths from "@altimate-code/system/Paths"
import { type AllowedRule, HostError } from "@altimate-code/tui/Host"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { toHostError } from "./toHostError.ts"

/** A single verdict is the rule for `*`. */
const flatten = (rules: Rules | undefined): ReadonlyArray<Grant> =>
  Object.entries(typeof rules === "string" ? { "*": rules } : rules ?? {}).flatMap(([permission, rule]) =>
    Object.entries(typeof rule === "string" ? { "*": rule } : rule).flatMap(([pattern, verdict]) =>
      verdict === "allow" ? [{ permission, pattern }] : []
    )
  )

const pathOf = ({ pattern, permission }: Grant): ReadonlyArray<string> => ["permission", permission, pattern]

const keyOf = (grant: Grant): string => ConfigEdit.keyOf(pathOf(grant))

type Leaves = Settings.Settings["Type"]["leaves"]

/** Where the rule was when the program started. The rule for `*` may be a single verdict there. */
const findOrigin = (leaves: Leaves, path: ReadonlyArray<string>): Leaves[number]["origin"] | undefined =>
  leaves.find(({ key }) => key === ConfigEdit.keyOf(path))?.origin
    ?? (path.at(-1) === "*" ? findOrigin(leaves, path.slice(0, -1)) : undefined)

/** The rules that allow something. One that is in the user's file and in another one is listed twice. */
export const list = (rules: Rules | undefined, leaves: Leaves) =>
  Effect.gen(function*() {
    const { home } = yield* Directories
    const file = Option.getOrElse(yield* Effect.option(ConfigEdit.userFile), () => "")
    const own = yield* Effect.orElseSucceed(ConfigEdit.get(file, ["permission"]), Option.none)
    const inFile = new Set(flatten(Option.getOrUndefined(own) as Rules | undefined).map(keyOf))
    return flatten(rules).flatMap((grant) => {
      const origin = findOrigin(leaves, pathOf(grant))
      // A rule that was added since the start is in the user's file.
      const place = origin === undefined ? file : source(origin)
      const isInFile = inFile.has(keyOf(grant))
      return (isInFile && place !== file ? [place, file] : [place]).map((place): AllowedRule => ({
        ...grant,
        place: Paths.abbreviateHome(place, home),
        isRemovable: isInFile && place === file,
        isOfSession: false
      }))
    })
  })

/** Removes the rule from the user's file. */
export const remove = (rule: Grant) =>
  Effect.gen(function*() {
    const file = yield* ConfigEdit.userFile
    if (yield* ConfigEdit.remove(file, pathOf(rule))) return
    return yield* new HostError({
      message: `Nothing was removed: ${file} does not have the rule ${rule.permission} ${rule.pattern}.`,
      hint: "If it was removed there since the start, it applies until the program ends."
    })
  }).pipe(Effect.mapError(toHostError))
