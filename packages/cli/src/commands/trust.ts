/** `altimate-code trust`: trusts this project's configuration in its current version. */
import * as Settings from "@altimate-code/config/Settings"
import * as TrustedFiles from "@altimate-code/config/TrustedFiles"
import { printable } from "@altimate-code/log/Printable"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { action } from "../command-line/commandTree.ts"
import { Stdio } from "../command-line/Stdio.ts"
import { configured } from "../workspace/configured.ts"
import * as Trust from "../workspace/projectTrust.ts"

export const trust = action(
  Command.make("trust", {}, () =>
    Effect.gen(function*() {
      const { untrusted } = yield* Settings.Settings
      const { write } = yield* Stdio
      if (untrusted.length === 0) return yield* write("Nothing waits to be trusted here.\n")
      yield* TrustedFiles.add(untrusted)
      yield* write(`Trusted until it changes: ${untrusted.map(({ path }) => printable(path)).join(", ")}\n`)
      yield* write(yield* Trust.changes(untrusted))
    }).pipe(configured({}, () => Effect.succeed(false)))).pipe(
      Command.withDescription("Trust this project's configuration as it is now.")
    ),
  [["altimate-code trust", "let altimate-code.json here set endpoints, servers and more"]]
)
