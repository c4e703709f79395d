/** What a turn works with on this machine, the same for `run` and for the screen. */
import { AttachmentLimits } from "@altimate-code/agent/AttachmentLimits"
import * as Instructions from "@altimate-code/agent/Instructions"
import * as McpServers from "@altimate-code/agent/McpServers"
import * as PermissionPolicy from "@altimate-code/agent/PermissionPolicy"
import * as SystemPrompt from "@altimate-code/agent/SystemPrompt"
import * as Tools from "@altimate-code/agent/Tools"
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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Mcp from "./mcpServers.ts"

/** The configuration's rules; none are the policy's own. */
export const rules = Effect.map(
  Settings,
  ({ permission }) => Option.match(permission, { onNone: () => ({}), onSome: (rules) => ({ rules }) })
)

/** With `--yolo`, or what stands for it, nobody is asked, whatever the policy is. */
export const permissions = Layer.unwrapEffect(
  Effect.map(
    Settings,
    ({ yolo }) =>
      yolo.value
        ? PermissionPolicy.askNobody(describe(yolo.origin))
        : Layer.context<PermissionPolicy.PermissionPolicy>()
  )
)

/** The tools of this program and of the MCP servers; `say` is told which server is slow to start. */
export const tools = <R>(servers: McpServers.Servers, say: (server: string) => Effect.Effect<unknown, never, R>) =>
  Effect.gen(function*() {
    const own = yield* Tools.toolkit.pipe(Effect.provide(Tools.layer))
    return {
      toolkit: Effect.map(servers.toolkit, (toolkit) => McpServers.merge(own, toolkit)),
      notices: yield* Mcp.started(servers, say)
    }
  }).pipe(Effect.provideService(AttachmentLimits, attachmentLimits))

/** The user's own: those of the additional directory, if there are any, in place of the others. */
const globalInstructions = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { config } = yield* Directories
  // One that can't be read has ended the program by now.
  const additional = yield* Effect.orElseSucceed(AdditionalDirectory.find, () => Option.none<string>())
  for (const directory of Option.toArray(additional)) {
    const file = path.join(directory, "AGENTS.md")
    if (yield* Effect.orElseSucceed(fs.exists(file), () => false)) return file
  }
  return path.join(config, "AGENTS.md")
})

/** The system prompt; `base` stands in for this program's own words. */
export const system = (base: Option.Option<string>) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const { directory, own, root } = yield* Workspace
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
      own
    }
    const loaded = yield* Instructions.load(sources)
    const nested = Instructions.makeNested(sources, loaded)
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    return {
      text: SystemPrompt.make({
        ...Option.match(base, { onNone: () => ({}), onSome: (base) => ({ base }) }),
        ...inProject,
        directory,
        platform: process.platform,
        date: localDate(new Date(yield* Clock.currentTimeMillis)),
        isRepository: Option.exists(yield* Project.find, ({ isRepository }) => isRepository),
        instructions: loaded.instructions
      }),
      notices: loaded.notices,
      /** The instructions of the directories that tools come to. */
      nested: (touched: Instructions.Touched) => Effect.provide(nested(touched), context)
    }
  })

/** `2026-01-31`, where the user is. */
const localDate = (now: Date): string =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-")
