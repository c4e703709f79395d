/**
 * The tool that changes a part of a file.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { change } from "../internal/change.ts"
import { failed } from "../internal/failures.ts"
import { locate } from "../internal/paths.ts"
import { withLineEndsOf } from "../internal/textStyle.ts"
import { maybe, text, tool } from "../internal/tool.ts"

/**
 * Replaces a text in a file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Edit = tool(
  "edit",
  "Replaces one piece of text in a file that you have read. oldText must stand in it exactly once, white space and all: take more \
lines around it if it stands there more often, or set all.",
  {
    path: text("The file, absolute or relative to the working directory."),
    oldText: text("What stands there now, without line numbers."),
    newText: text("What is to stand there."),
    all: maybe(Schema.Boolean.annotations({ description: "Replace it wherever it stands." }))
  }
)

const occurrences = (content: string, part: string): number => content.split(part).length - 1

const withoutSpace = (text: string): string => text.replace(/\s+/g, "")

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
      const content = before.value
      const oldText = withLineEndsOf(content, params.oldText)
      const newText = withLineEndsOf(content, params.newText)
      const found = occurrences(content, oldText)
      if (found === 0) {
        const hint = withoutSpace(content).includes(withoutSpace(oldText))
          ? " It does when white space is left aside: read the file again, and copy it exactly."
          : " Read the file again."
        return yield* failed(`oldText does not stand in ${target.shown}.${hint}`)
      }
      if (found > 1 && !all) {
        return yield* failed(
          `oldText stands in ${target.shown} ${found} times: take more lines around the one you mean, or set all.`
        )
      }
      return content.split(oldText).join(newText)
    }))
})
