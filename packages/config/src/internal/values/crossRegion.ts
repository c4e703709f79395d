/** What the user says about prefixes: for all models, for one, or by rules. */
import * as Effect from "effect/Effect"
import type { ConfigError } from "../../ConfigError.ts"
import type { Setting } from "../../Origin.ts"
import { failure } from "../file/place.ts"
import type { Tree } from "../file/tree.ts"
import type { PrefixRule } from "../schema/bedrockOptions.ts"

/** `auto`, `off`, or what can be put in front of an ID when a dot is added. */
export const acceptCrossRegion = ({ origin, value }: Setting<string>): Effect.Effect<void, ConfigError> =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) ? Effect.void : failure(origin, {
    reason: "Value",
    message: "expected \"auto\", \"off\" or a prefix without its dot, found something else",
    expected: "\"auto\", \"off\" or a prefix without its dot",
    found: "something else",
    hint: "Write \"auto\" (by the rules for region and model), \"off\" (IDs as they are), or a prefix in lower case "
      + "without a dot: us, us-gov, ca, eu, jp, apac, au, in, global, or one of your gateway's own."
  })

/** Each rule with its place. A rule without a dot at the end of its prefix would make names that nobody has. */
export const prefixRulesOf = Effect.fn("prefixRulesOf")(
  function*(rules: ReadonlyArray<typeof PrefixRule.Type>, written: Tree | undefined) {
    const items = written?._tag === "Leaf" ? written.items ?? [] : []
    const placed: Array<Setting<typeof PrefixRule.Type>> = []
    for (const [index, value] of rules.entries()) {
      const item = items[index]
      const origin = item?.start ?? { _tag: "Default" }
      if (!/^([a-z0-9]+(-[a-z0-9]+)*\.)*$/.test(value.prefix)) {
        const at = item?._tag === "Branch" ? item.children.get("prefix")?.start ?? origin : origin
        return yield* failure(at, {
          reason: "Value",
          message: "expected a prefix in lower case with a dot at its end, found something else",
          expected: "a prefix in lower case with a dot at its end",
          found: "something else",
          hint:
            "Write what goes in front of the ID, with its dot, for example \"us.\"; \"\" sends these models as they are."
        })
      }
      placed.push({ value, origin })
    }
    return placed
  }
)
