/** Handles project files whose settings need the user's trust. */
import type { ConfigError } from "@altimate-code/config/ConfigError"
import type { UntrustedFile } from "@altimate-code/config/ConfigReport"
import { Directories } from "@altimate-code/config/Directories"
import { describe } from "@altimate-code/config/Origin"
import * as TrustedFiles from "@altimate-code/config/trust/TrustedFiles"
import { printable } from "@altimate-code/log/Printable"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError } from "../command-line/failure/CliError.ts"
import { Stdio } from "../command-line/Stdio.ts"

/** Handles untrusted files. Returns whether they are trusted now. */
export type Reaction<E = never, R = never> = (
  files: ReadonlyArray<UntrustedFile>
) => Effect.Effect<boolean, E, R | Stdio>

/** Describes the untrusted changes, two lines each, and the files that they include. */
export const changes = (files: ReadonlyArray<UntrustedFile>) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { cwd } = yield* Directories
    const lines = files.flatMap(({ changes }) => changes).map(({ key, origin, value, why }) =>
      `  ${printable(`${key}: ${JSON.stringify(value)}`)}\n    ${why} (${printable(describe(origin))})\n`
    )
    const includes = [...new Set(files.flatMap(({ includes }) => includes))].map((file) =>
      `  ${printable(path.relative(cwd, file))}\n`
    )
    return [...lines, ...(includes.length === 0 ? [] : ["They include these project files:\n", ...includes])]
      .join("")
  })

const headline = "This project's configuration changes security-relevant settings and is not trusted yet"

/** Continues without the untrusted settings and writes a note. */
export const note: Reaction = (files) =>
  Effect.flatMap(Stdio, ({ writeError }) =>
    Effect.as(
      Effect.forEach(files, ({ changes, path }) =>
        writeError(
          `note: ${printable(path)} is not trusted: ${changes.map(({ key }) => printable(key)).join(", ")} ${
            changes.length === 1 ? "does" : "do"
          } not apply (to trust it: altimate-code trust)\n`
        ), { discard: true }),
      false
    ))

/** Settings that only the screen uses. */
const screenSettings: ReadonlyArray<string> = ["keybinds", "notification"]

const withoutScreenSettings = (files: ReadonlyArray<UntrustedFile>): ReadonlyArray<UntrustedFile> =>
  files.flatMap((file) => {
    const changes = file.changes.filter(({ key }) => !screenSettings.includes(key.split(".")[0]!))
    return changes.length === 0 ? [] : [{ ...file, changes }]
  })

/** Fails, for commands that can't ask the user: the project may not work as intended without these settings. */
export const refuse: Reaction<CliError, Directories | Path.Path> = (given) => {
  const files = withoutScreenSettings(given)
  return files.length === 0 ? Effect.succeed(false) : Effect.flatMap(
    changes(files),
    (changes) =>
      new CliError({
        reason: "Usage",
        message: `${headline}:\n${changes.trimEnd()}`,
        hint:
          "Nothing was sent. Review the changes, then trust this version with altimate-code trust, or only for this run with --trust-project."
      })
  )
}

/** Asks the user. If they decline, the program continues without these settings. */
export const ask: Reaction<ConfigError | CliError, FileSystem.FileSystem | Path.Path | Directories> = (files) =>
  Effect.gen(function*() {
    const { confirm, writeError } = yield* Stdio
    if (Option.isNone(confirm)) return yield* refuse(files)
    yield* writeError(`${headline}:\n\n${yield* changes(files)}\n`)
    const question = "Trust this version? y: yes · n or esc: no, continue without these settings "
    if (!(yield* confirm.value(question))) return false
    yield* TrustedFiles.add(files)
    return true
  })
