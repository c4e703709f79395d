/**
 * The tool that changes a part of a file.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { change } from "../internal/files/change.ts"
import { replaceText } from "../internal/files/lineEnds.ts"
import { locate } from "../internal/files/paths.ts"
import { whyNotFound } from "../internal/files/whyNotFound.ts"
import { maybe, text, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"

/**
 * Replaces a text in a file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Edit = tool(
  "edit",
  "Replaces one piece of text in a file that you have read. oldText must be in it exactly once, white space and all: take more lines \
around it if it is there more often, or set all. Line ends and encoding stay as they are.",
  {
    path: text("The file, absolute or relative to the working directory."),
    oldText: text("The text that is there now, without line numbers."),
    newText: text("The text that takes its place."),
    all: maybe(Schema.Boolean.annotations({ description: "Replace it wherever it is." }))
  }
)

/**
 * Asks with the diff, then replaces the text.
 *
 * @since 0.1.0
 * @category handlers
 */
export const edit = Effect.fn("Edit.edit")(function*(params: typeof Edit.parametersSchema.Type) {
  const target = yield* locate(params.path)
  const { all = false } = params
  return yield* change(target, (before) =>
    Effect.gen(function*() {
      if (Option.isNone(before)) return yield* failed(`There is no file ${target.shown}.`)
      if (params.oldText === "") return yield* failed("oldText is empty: use write for a whole file.")
      if (params.oldText === params.newText) return yield* failed("oldText and newText are the same.")
      const { count, text } = replaceText(before.value, params.oldText, params.newText)
      if (count === 0) {
        return yield* failed(
          `The text to replace is not in ${target.shown}. ${whyNotFound(before.value, params.oldText)}`
        )
      }
      if (count > 1 && !all) {
        return yield* failed(
          `The text to replace is in ${target.shown} ${count} times. Take more lines around the one you mean, or set all.`
        )
      }
      if (text === before.value) {
        return yield* failed(
          "oldText and newText differ in line ends only, and each line keeps its own. To convert them use bash, e.g. dos2unix."
        )
      }
      return text
    }))
})
