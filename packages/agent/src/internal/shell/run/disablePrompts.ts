/** Sets environment variables that keep a command from waiting for a user who can't answer. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import type { Environment } from "../../../Workspace.ts"

/** Programs that replace the editor and the password prompt: each prints an explanation and fails. */
export interface Programs {
  readonly editor: string
  readonly password: string
}

const editors = [
  "EDITOR",
  "VISUAL",
  "FCEDIT",
  "GIT_EDITOR",
  "GIT_SEQUENCE_EDITOR",
  "HGEDITOR",
  "SVN_EDITOR",
  "SUDO_EDITOR",
  "KUBE_EDITOR",
  "SYSTEMD_EDITOR"
]

const passwords = ["SSH_ASKPASS", "GIT_ASKPASS", "SUDO_ASKPASS"]

const fixed = {
  TERM: "dumb",
  NO_COLOR: "1",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
  // Git Credential Manager would open windows.
  GCM_INTERACTIVE: "never",
  // Otherwise ssh prompts on a terminal if it finds one.
  SSH_ASKPASS_REQUIRE: "force",
  DEBIAN_FRONTEND: "noninteractive"
}

/** Removed, because gpg's agent would ask for a passphrase on the user's terminal. */
const terminals = ["GPG_TTY"]

/** Adds the variables that individual programs prefer to the common ones: `GH_EDITOR`, `PSQL_EDITOR`. */
const withProgramVariables = (
  environment: Environment,
  ending: RegExp,
  names: ReadonlyArray<string>
): ReadonlyArray<string> => [
  ...names,
  ...Object.keys(environment).filter((name) => ending.test(name))
]

const assign = (names: ReadonlyArray<string>, value: string): Environment =>
  Object.fromEntries(names.map((name) => [name, value]))

/** Returns the environment for a command, in which prompts, editors and pagers are disabled. */
export const disablePrompts = (environment: Environment, { editor, password }: Programs): Environment => {
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !terminals.includes(name)))
  return {
    ...rest,
    ...fixed,
    ...assign(withProgramVariables(environment, /EDITOR$/, editors), editor),
    ...assign(withProgramVariables(environment, /ASKPASS$/, passwords), password)
  }
}

const script = (lines: string) => `#!/bin/sh\n${lines}\nexit 1\n`

const editorScript = script(
  `echo "No editor is available for $*. Pass the text as an option (git commit -m, --no-edit), or set GIT_EDITOR=true to accept \
the default text." >&2`
)

const passwordScript = script(
  `echo "No terminal is available to answer: $* Use credentials that need no prompt, or ask the user to run the command." >&2`
)

/** Writes the programs to a directory. Editors are started with and without a shell, so the value must be a plain path. */
export const writePrograms = (directory: string): Effect.Effect<Programs, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const programs = { editor: join(directory, "no-editor"), password: join(directory, "no-password") }
    yield* fs.writeFileString(programs.editor, editorScript, { mode: 0o700 })
    yield* fs.writeFileString(programs.password, passwordScript, { mode: 0o700 })
    return programs
  })
