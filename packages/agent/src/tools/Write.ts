/**
 * The tool that writes files.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Locate } from "../internal/files/paths.ts"
import { string, tool } from "../internal/tools/defineTool.ts"

/**
 * Writes a whole file.
 *
 * @since 0.1.0
 * @category tools
 */
export const Write = tool(
  "write",
  "Writes a whole file and creates missing directories. To replace an existing file, read it first. For a small change use edit.",
  {
    path: string("The file, absolute or relative to the working directory."),
    content: string("The complete content.")
  }
)

/**
 * Asks for permission with the diff, then writes the file atomically.
 *
 * @since 0.1.0
 * @category handlers
 */
export const write = Effect.fnUntraced(function*(params: typeof Write.parametersSchema.Type) {
  // Loaded only now: the library that compares texts is large.
  const [{ change }, { withLineEndingsOf }] = yield* Effect.promise(() =>
    Promise.all([import("../internal/files/change.ts"), import("../internal/files/lineEndings.ts")])
  )
  const target = yield* (yield* Locate)(params.path)
  return yield* change(target, (before) =>
    Effect.succeed(Option.match(before, {
      onNone: () => params.content,
      onSome: (content) => withLineEndingsOf(content, params.content)
    })))
})
