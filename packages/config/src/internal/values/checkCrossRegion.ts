/** Checks the user's prefixes: for all models, for one model, or by rules. */
import * as Effect from "effect/Effect"
import type { ConfigError } from "../../ConfigError.ts"
import type { Setting } from "../../Origin.ts"
import { errorAt } from "../file/errorAt.ts"
import type { Tree } from "../file/tree.ts"
import type { PrefixRule } from "../schema/bedrockOptions.ts"

/** Accepts `auto`, `off`, or a prefix without its dot. */
export const checkCrossRegion = ({ origin, value }: Setting<string>): Effect.Effect<void, ConfigError> =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) ? Effect.void : errorAt(origin, {
    reason: "Value",
    message: "expected \"auto\", \"off\" or a prefix without its dot",
    expected: "\"auto\", \"off\" or a prefix without its dot",
    found: "something else",
    hint: "Write \"auto\" (use the rules for region and model), \"off\" (send IDs unchanged), or a lower-case prefix "
      + "without its dot: us, us-gov, ca, eu, jp, apac, au, in, global, or a prefix that your gateway defines."
  })

/** Each rule with its position. A prefix that does not end in a dot would produce IDs that do not exist. */
export const readPrefixRules = Effect.fn("readPrefixRules")(
  function*(rules: ReadonlyArray<PrefixRule>, written: Tree | undefined) {
    const items = written?._tag === "Leaf" ? written.items ?? [] : []
    const located: Array<Setting<PrefixRule>> = []
    for (const [index, value] of rules.entries()) {
      const item = items[index]
      const origin = item?.start ?? { _tag: "Default" }
      if (!/^([a-z0-9]+(-[a-z0-9]+)*\.)*$/.test(value.prefix)) {
        const at = item?._tag === "Branch" ? item.children.get("prefix")?.start ?? origin : origin
        return yield* errorAt(at, {
          reason: "Value",
          message: "expected a lower-case prefix that ends in a dot",
          expected: "a lower-case prefix that ends in a dot",
          found: "something else",
          hint: "Write the text to put in front of the ID, for example \"us.\"; \"\" sends these models unchanged."
        })
      }
      located.push({ value, origin })
    }
    return located
  }
)
