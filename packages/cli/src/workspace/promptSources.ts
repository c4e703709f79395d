/** Where commands and skills are: in the project, and in the user's own directories. */
import type { PromptSource } from "@altimate-code/agent/prompts/PromptSource"
import * as AdditionalDirectory from "@altimate-code/config/AdditionalDirectory"
import { Directories } from "@altimate-code/config/Directories"
import * as Environment from "@altimate-code/config/Environment"
import * as Project from "@altimate-code/config/Project"
import { Settings } from "@altimate-code/config/Settings"
import * as Paths from "@altimate-code/system/Paths"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** Relative to a directory of the project. */
const projectDirectories = {
  commands: [".altimate-code/commands", ".opencode/command", ".opencode/commands", ".claude/commands"],
  skills: [".altimate-code/skills", ".agents/skills", ".claude/skills"]
}

/** Relative to the home directory, after those of this program. */
const homeDirectories = {
  commands: [".claude/commands"],
  skills: [".agents/skills", ".claude/skills"]
}

/** Relative to the directory of opencode's configuration. */
const opencodeDirectories = { commands: ["command", "commands"], skills: [] }

type Kind = keyof typeof projectDirectories

/** The user's own directories, those of this program first. */
export const ownDirectories = (kind: Kind) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { config, home } = yield* Directories
    const xdg = Option.filter(yield* Environment.readVariable("XDG_CONFIG_HOME"), path.isAbsolute)
    const opencode = path.join(Option.getOrElse(xdg, () => path.join(home, ".config")), "opencode")
    // If it is not readable, the program has already ended with an error.
    const additional = yield* Effect.orElseSucceed(AdditionalDirectory.find, () => Option.none<string>())
    return [
      ...Option.toArray(additional).map((directory) => path.join(directory, kind)),
      path.join(config, kind),
      ...opencodeDirectories[kind].map((directory) => path.join(opencode, directory)),
      ...homeDirectories[kind].map((directory) => path.join(home, directory))
    ]
  })

/**
 * The user's own directories come first, so that a repository can't replace what the user has. In the project, the directories closest to the
 * working directory come first.
 */
export const find = (kind: Kind) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { cwd } = yield* Directories
    const { readsProject } = yield* Settings
    const own: ReadonlyArray<PromptSource> = (yield* ownDirectories(kind)).map((directory) => ({ directory }))
    const project = readsProject.value ? yield* Project.find : Option.none()
    if (Option.isNone(project)) return own
    const { root } = project.value
    const inProject = Paths.descend(root, cwd).toReversed().flatMap((directory) =>
      projectDirectories[kind].map((name): PromptSource => ({ directory: path.join(directory, name), root }))
    )
    return [...own, ...inProject]
  })
