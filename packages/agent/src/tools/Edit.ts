/**
 * The tool that changes a part of a file.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { explainMismatch } from "../internal/files/explainMismatch.ts"
import { Locate } from "../internal/files/paths.ts"
import { optional, string, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"

/**
 * Replaces a text in a file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Edit = tool(
  "edit",
  "Replaces text in a file that you have read. oldText must match exactly once, including white space: if it occurs more often, \
include more surrounding lines or set all. Line endings and encoding are preserved.",
  {
    path: string("The file, absolute or relative to the working directory."),
    oldText: string("The text to replace, without line numbers."),
    newText: string("The replacement text."),
    all: optional(Schema.Boolean.annotations({ description: "Replace every occurrence." }))
  }
)

/**
 * Asks for permission with the diff, then replaces the text.
 *
 * @since 0.1.0
 * @category handlers
 */
export const edit = Effect.fnUntraced(function*(params: typeof Edit.parametersSchema.Type) {
  // Loaded only now: the library that compares texts is large.
  const [{ change }, { replaceText }] = yield* Effect.promise(() =>
    Promise.all([import("../internal/files/change.ts"), import("../internal/files/lineEndings.ts")])
  )
  const target = yield* (yield* Locate)(params.path)
  const { all = false } = params
  return yield* change(target, (before) =>
    Effect.gen(function*() {
      if (Option.isNone(before)) return yield* failed(`The file ${target.shown} does not exist.`)
      if (params.oldText === "") return yield* failed("oldText is empty: to write a whole file use write.")
      if (params.oldText === params.newText) return yield* failed("oldText and newText are identical.")
      const { count, text } = replaceText(before.value, params.oldText, params.newText)
      if (count === 0) {
        return yield* failed(
          `The text to replace is not in ${target.shown}. ${explainMismatch(before.value, params.oldText)}`
        )
      }
      if (count > 1 && !all) {
        return yield* failed(
          `The text to replace occurs ${count} times in ${target.shown}. Include more surrounding lines, or set all.`
        )
      }
      if (text === before.value) {
        return yield* failed(
          "oldText and newText differ only in line endings, which edit preserves. To convert them use bash, e.g. dos2unix."
        )
      }
      return text
    }))
})
