/** The tools, instructions and permissions of a turn, for both `run` and the screen. */
import { AttachmentLimits } from "@altimate-code/agent/AttachmentLimits"
import * as McpServers from "@altimate-code/agent/mcp/McpServers"
import * as PermissionPolicy from "@altimate-code/agent/permission/PermissionPolicy"
import * as PermissionRules from "@altimate-code/agent/permission/PermissionRules"
import * as Skills from "@altimate-code/agent/prompts/Skills"
import * as LoadSkill from "@altimate-code/agent/tools/LoadSkill"
import * as Tools from "@altimate-code/agent/tools/Tools"
import * as Instructions from "@altimate-code/agent/turn/Instructions"
import * as SystemPrompt from "@altimate-code/agent/turn/SystemPrompt"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as AdditionalDirectory from "@altimate-code/config/AdditionalDirectory"
import { Directories } from "@altimate-code/config/Directories"
import { describe } from "@altimate-code/config/Origin"
import * as Project from "@altimate-code/config/Project"
import { Settings } from "@altimate-code/config/Settings"
import { attachmentLimits } from "@altimate-code/provider/AttachmentLimits"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Mcp from "./mcpServers.ts"
import * as PromptSources from "./promptSources.ts"

/** The permission rules and the mode of the configuration. With `--yolo` or its setting, the user is never asked; plan mode is stricter. */
export const permissions = Layer.scopedContext(Effect.gen(function*() {
  const { mode, permission, yolo } = yield* Settings
  const withModes = PermissionPolicy.withModes(mode.value)
  const policy = yield* Layer.build(
    yolo.value ? Layer.provide(withModes, PermissionPolicy.neverAsk(describe(yolo.origin))) : withModes
  )
  const rules = yield* PermissionRules.make(Option.getOrUndefined(permission))
  return Context.add(policy, PermissionRules.PermissionRules, rules)
}))

/** The user's skills and the project's. */
export const findSkills = Effect.flatMap(PromptSources.find("skills"), Skills.find)

/** The built-in tools and those of the MCP servers. `reportSlow` is called for each server that is slow to start. */
export const tools = <R>(
  servers: McpServers.Servers,
  { skills }: Effect.Effect.Success<typeof findSkills>,
  reportSlow: (server: string) => Effect.Effect<unknown, never, R>
) =>
  Effect.gen(function*() {
    const tools = yield* Effect.provide(Tools.toolkit, yield* Tools.make)
    const builtIn = skills.length === 0 ? tools : McpServers.merge(tools, yield* LoadSkill.makeToolkit(skills))
    return {
      toolkit: Effect.map(servers.toolkit, (toolkit) => McpServers.merge(builtIn, toolkit)),
      notices: yield* Mcp.waitForStart(servers, reportSlow)
    }
  }).pipe(Effect.provideService(AttachmentLimits, attachmentLimits))

/** The path of the user's instructions: in the additional directory if they exist there, else in the configuration directory. */
const globalInstructions = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { config } = yield* Directories
  // If it is not readable, the program has already ended with an error.
  const additional = yield* Effect.orElseSucceed(AdditionalDirectory.find, () => Option.none<string>())
  for (const directory of Option.toArray(additional)) {
    const file = path.join(directory, "AGENTS.md")
    if (yield* Effect.orElseSucceed(fs.exists(file), () => false)) return file
  }
  return path.join(config, "AGENTS.md")
})

/** Makes the system prompt. `base` replaces its general part. */
export const system = (base: Option.Option<string>, { notices, skills }: Effect.Effect.Success<typeof findSkills>) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { directory, programFiles, root } = yield* Workspace
    const { instructions, leaves, readsProject } = yield* Settings
    const origin = leaves.find(({ key }) => key === "instructions")?.origin
    const inProject = root === undefined ? {} : { root }
    const file = origin?._tag === "File" ? origin : undefined
    const sources: Instructions.Options = {
      ...inProject,
      directory,
      readsProject: readsProject.value,
      global: yield* globalInstructions,
      globs: instructions,
      ...(file === undefined || file.scope === "project" ? {} : { globsDirectory: path.dirname(file.path) }),
      namedBy: file?.scope === "project" ? "project" : "user",
      programFiles
    }
    const loaded = yield* Instructions.load(sources)
    const findNested = Instructions.makeNested(sources, loaded)
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    return {
      text: SystemPrompt.make({
        name: "altimate-code",
        ...Option.match(base, { onNone: () => ({}), onSome: (base) => ({ base }) }),
        ...inProject,
        directory,
        platform: process.platform,
        date: localDate(new Date(yield* Clock.currentTimeMillis)),
        isRepository: Option.exists(yield* Project.find, ({ isRepository }) => isRepository),
        instructions: loaded.instructions,
        skills
      }),
      notices: [...loaded.notices, ...notices],
      /** Finds the instructions for files that tools touch. */
      findInstructions: (touched: Instructions.Touched) => Effect.provide(findNested(touched), context)
    }
  })

/** `2026-01-31` in the local time zone. */
const localDate = (now: Date): string =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-")
