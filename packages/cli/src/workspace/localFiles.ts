/** The directories and files that the assistant uses on this machine. */
import * as SessionStore from "@altimate-code/agent/session/SessionStore"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as AdditionalDirectory from "@altimate-code/config/AdditionalDirectory"
import { Directories, noHome } from "@altimate-code/config/Directories"
import * as Environment from "@altimate-code/config/Environment"
import * as Project from "@altimate-code/config/Project"
import { printable } from "@altimate-code/log/Printable"
import { Secrets } from "@altimate-code/log/Secrets"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { tmpdir } from "node:os"
import { childEnvironments } from "./childEnvironment.ts"
import * as PromptSources from "./promptSources.ts"

/** This program's own files, on the user's machine and in projects. */
export const programFiles = Effect.gen(function*() {
  const { config, data } = yield* Directories
  // If it is not readable, the program has already ended with an error.
  const additional = yield* Effect.orElseSucceed(AdditionalDirectory.find, () => Option.none<string>())
  return {
    directories: [config, data, ...Option.toArray(additional)],
    names: ["altimate-code.json", "altimate-code.jsonc", ".altimate-code"]
  }
})

const sessionDirectory = Effect.gen(function*() {
  const path = yield* Path.Path
  const { data } = yield* Directories
  return path.join(data, "session")
})

/** The session storage, which masks secrets. */
const makeStore = (unstorable: Option.Option<string>) =>
  Effect.gen(function*() {
    const { mask } = yield* Secrets
    return yield* SessionStore.make({
      directory: yield* sessionDirectory,
      mask,
      ...Option.match(unstorable, { onNone: () => ({}), onSome: (unstorable) => ({ unstorable }) })
    })
  })

/** The stored sessions. */
export const sessions = Layer.effect(SessionStore.SessionStore, makeStore(Option.none()))

/** The workspace: the working directory in its project. */
const makeWorkspace = (unstorable: Option.Option<string>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const { cwd, data } = yield* Directories
    const { makeMasker } = yield* Secrets
    const stored = path.join(data, "outputs")
    const temporary = fs.makeTempDirectoryScoped({ directory: tmpdir(), prefix: "altimate-code-outputs-" })
    return {
      directory: cwd,
      ...Option.match(yield* Project.find, { onNone: () => ({}), onSome: ({ root }) => ({ root }) }),
      outputs: Option.isNone(unstorable) ? stored : yield* Effect.orElseSucceed(temporary, () => stored),
      programFiles: yield* programFiles,
      skillDirectories: yield* PromptSources.ownDirectories("skills"),
      ...yield* childEnvironments,
      makeMasker
    }
  })

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only"
}

const reasonOf = (error: PlatformError): string => {
  const cause = error._tag === "SystemError" ? error.cause : undefined
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""
  return reasons[code] ?? error.message
}

/** Checks whether sessions can be stored. If not, returns a sentence that tells the user why. */
const findUnstorable = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* sessionDirectory
  const home = yield* Environment.readVariable("HOME")
  return yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 }).pipe(
    // Checks by writing: a file system may be mounted read-only.
    Effect.zipRight(fs.makeTempDirectoryScoped({ directory, prefix: ".write-" })),
    Effect.scoped,
    Effect.match({
      onSuccess: () => Option.none(),
      onFailure: (error) => {
        const reason = !directory.startsWith(noHome)
          ? `${printable(directory)} is not writable (${reasonOf(error)})`
          : Option.match(home, {
            onNone: () => "HOME is not set, and the system has no home directory for this user",
            onSome: (home) => `HOME (${printable(home)}) can't be entered (permission denied)`
          })
        return Option.some(
          `Nothing will be saved: ${reason}. The session, the log and the history are lost when this program ends.`
        )
      }
    })
  )
})

/** The workspace and the session storage of a turn. */
export const layer = Layer.scopedContext(Effect.gen(function*() {
  const unstorable = yield* findUnstorable
  return Context.make(SessionStore.SessionStore, yield* makeStore(unstorable)).pipe(
    Context.add(Workspace, yield* makeWorkspace(unstorable))
  )
}))
