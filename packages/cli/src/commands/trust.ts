/** `altimate-code trust`: trusts the current version of this project's configuration. */
import * as Settings from "@altimate-code/config/Settings"
import * as TrustedFiles from "@altimate-code/config/trust/TrustedFiles"
import { printable } from "@altimate-code/log/Printable"
import * as Effect from "effect/Effect"
import { command } from "../command-line/commandTree.ts"
import { Stdio } from "../command-line/Stdio.ts"
import * as CustomCommands from "../workspace/customCommands.ts"
import * as Trust from "../workspace/projectTrust.ts"
import { withSettings } from "../workspace/withSettings.ts"

export const trust = command("trust", {
  description: "Trust the current version of this project's configuration and commands.",
  examples: [["altimate-code trust", "let this altimate-code.json set endpoints, MCP servers and more"]],
  parameters: {},
  run: () =>
    Effect.gen(function*() {
      const { untrusted } = yield* Settings.Settings
      const { write } = yield* Stdio
      const commands = yield* CustomCommands.findUntrusted
      const paths = [...untrusted, ...commands].map(({ path }) => printable(path))
      if (paths.length === 0) return yield* write("Nothing here needs your trust.\n")
      if (untrusted.length > 0) yield* TrustedFiles.add(untrusted)
      if (commands.length > 0) yield* CustomCommands.trust(commands)
      yield* write(`Trusted until it changes: ${paths.join(", ")}\n`)
      yield* write(yield* Trust.changes(untrusted))
      yield* write(commands.map(CustomCommands.describe).join(""))
    }).pipe(withSettings({}, () => Effect.succeed(false)))
})
