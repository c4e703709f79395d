/** What a command does about project files of which something waits until they are trusted. */
import type { ConfigError } from "@altimate-code/config/ConfigError"
import type { Directories } from "@altimate-code/config/Directories"
import { describe } from "@altimate-code/config/Origin"
import type { UntrustedFile } from "@altimate-code/config/Settings"
import * as TrustedFiles from "@altimate-code/config/TrustedFiles"
import { printable } from "@altimate-code/log/Printable"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError } from "./CliError.ts"
import { Stdio } from "./Stdio.ts"

/** Answers whether the files are trusted now. */
export type Reaction<E = never, R = never> = (
  files: ReadonlyArray<UntrustedFile>
) => Effect.Effect<boolean, E, R | Stdio>

/** What the files want, a line each. */
export const changes = (files: ReadonlyArray<UntrustedFile>): string =>
  files.flatMap(({ changes }) => changes).map(({ key, origin, value, why }) =>
    `  ${printable(`${key}: ${JSON.stringify(value)}`)}\n    ${why} (${printable(describe(origin))})\n`
  ).join("")

/** Nothing that this command does depends on it. */
export const note: Reaction = (files) =>
  Effect.flatMap(Stdio, ({ writeError }) =>
    Effect.as(
      Effect.forEach(files, ({ changes, path }) =>
        writeError(
          `note: ${printable(path)} is not trusted: ${
            changes.map(({ key }) => printable(key)).join(", ")
          } does not apply (altimate-code trust)\n`
        ), { discard: true }),
      false
    ))

/** Nobody can be asked, and going on without it would not be what the project's people expect. */
export const refuse: Reaction<CliError> = (files) =>
  new CliError({
    reason: "Usage",
    message: `This project's configuration wants what a stranger could misuse, and nobody has trusted it yet:\n${
      changes(files).trimEnd()
    }`,
    hint:
      "Nothing was sent. Once you have read it: altimate-code trust (this version of it), or --trust-project (this time)."
  })

/** Asks the person; without a word from them the program goes on without it. */
export const ask: Reaction<ConfigError | CliError, FileSystem.FileSystem | Path.Path | Directories> = (files) =>
  Effect.gen(function*() {
    const { readLine, writeError } = yield* Stdio
    if (Option.isNone(readLine)) return yield* refuse(files)
    yield* writeError(
      `This project's configuration wants what a stranger could misuse:\n\n${changes(files)}\n`
    )
    const answer = yield* readLine.value("Trust it in this version? [y]es, or [n]o: go on without it: ")
    if (!/^y(es)?$/i.test(answer.trim())) return false
    yield* TrustedFiles.add(files)
    return true
  })
