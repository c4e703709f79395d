/** What a command finds in its environment, so that it never waits for a user who can't answer. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import type { Environment } from "../../../Workspace.ts"

/** The programs that a command is given in place of an editor and of a dialog for passwords: each says why, and fails. */
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
  // Git Credential Manager opens windows of its own.
  GCM_INTERACTIVE: "never",
  // Without it ssh asks on a terminal if it finds one.
  SSH_ASKPASS_REQUIRE: "force",
  DEBIAN_FRONTEND: "noninteractive"
}

/** Says to gpg's agent which terminal asks for a passphrase: the user's own, which is the screen's. */
const terminals = ["GPG_TTY"]

/** Programs have variables of their own for an editor, which win over the common ones: `GH_EDITOR`, `PSQL_EDITOR`. */
const named = (environment: Environment, ending: RegExp, names: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...names,
  ...Object.keys(environment).filter((name) => ending.test(name))
]

const all = (names: ReadonlyArray<string>, value: string): Environment =>
  Object.fromEntries(names.map((name) => [name, value]))

/** The environment for a command: the workspace's, in which nobody answers questions and nothing is paged. */
export const unattended = (environment: Environment, { editor, password }: Programs): Environment => {
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !terminals.includes(name)))
  return {
    ...rest,
    ...fixed,
    ...all(named(environment, /EDITOR$/, editors), editor),
    ...all(named(environment, /ASKPASS$/, passwords), password)
  }
}

const script = (lines: string) => `#!/bin/sh\n${lines}\nexit 1\n`

const editorScript = script(
  `echo "altimate-code: no editor is opened for $*, because nobody can type in it. Pass the text as an option \
(git commit -m, --no-edit), or set GIT_EDITOR=true to accept the text as it is." >&2`
)

const passwordScript = script(
  `echo "altimate-code: nobody can answer here: $* Use credentials that need no answer, or let the user run the command." >&2`
)

/** Writes the programs into a directory. Editors are started with and without a shell, so that a path alone must do. */
export const writePrograms = (directory: string): Effect.Effect<Programs, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const programs = { editor: join(directory, "no-editor"), password: join(directory, "no-password") }
    yield* fs.writeFileString(programs.editor, editorScript, { mode: 0o700 })
    yield* fs.writeFileString(programs.password, passwordScript, { mode: 0o700 })
    return programs
  })
