/** Replaces the file in the first argument by the number of characters in the second, as the user in the third. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { replaceFile } from "../../src/ReplaceFile.ts"

const [, , file = "", length = "0", user] = process.argv
if (user !== undefined) {
  process.setgroups?.([])
  process.setgid?.(Number(user))
  process.setuid?.(Number(user))
}

replaceFile(file, "n".repeat(Number(length)), { mode: 0o644 }).pipe(
  Effect.matchEffect({
    onFailure: (error) => Console.log(error.message),
    onSuccess: () => Console.log("replaced")
  }),
  Effect.provide(NodeContext.layer),
  Effect.runFork
)
