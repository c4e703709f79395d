/**
 * The tool that writes files.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { change } from "../internal/files/change.ts"
import { withLineEndsOf } from "../internal/files/lineEnds.ts"
import { locate } from "../internal/files/paths.ts"
import { text, tool } from "../internal/tools/defineTool.ts"

/**
 * Writes a whole file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Write = tool(
  "write",
  "Writes a whole file; directories are made. To replace a file that exists, read it first. For a small change use edit.",
  {
    path: text("The file, absolute or relative to the working directory."),
    content: text("The whole content.")
  }
)

/**
 * Asks with the diff, then writes the file in one step.
 *
 * @since 0.1.0
 * @category handlers
 */
export const write = Effect.fn("Write.write")(function*(params: typeof Write.parametersSchema.Type) {
  const target = yield* locate(params.path)
  return yield* change(target, (before) =>
    Effect.succeed(Option.match(before, {
      onNone: () => params.content,
      onSome: (content) => withLineEndsOf(content, params.content)
    })))
})
