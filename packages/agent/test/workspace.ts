/** A project on the disk, and the tools that work in it. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { decide } from "../src/internal/permission/decide.ts"
import * as TaskRegistry from "../src/internal/session/taskRegistry.ts"
import type { Rules } from "../src/permission/PermissionRules.ts"
import type { Line } from "../src/session/Session.ts"
import { type Action, ToolCall, ToolFailure, type ToolOutput } from "../src/tools/ToolCall.ts"
import * as Tools from "../src/tools/Tools.ts"
import { Workspace } from "../src/Workspace.ts"

/** What the programs that are started are given; nothing is secret. */
export const toPrograms = {
  commandEnvironment: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" },
  programEnvironment: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" },
  makeMasker: () => ({ next: (piece: string) => piece, end: () => "" })
}

export interface Answer {
  readonly isFailure: boolean
  /** All text of it. */
  readonly text: string
  /** Absent after a failure. */
  readonly output?: ToolOutput
}

/** A project in a directory of its own; `beside` is outside of the project. */
export const makeProject = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const beside = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
  const root = path.join(beside, "project")
  const outputs = path.join(beside, "outputs")
  yield* fs.makeDirectory(root)

  const at = (file: string) => path.resolve(root, file)
  const put = (file: string, content: string | Uint8Array) =>
    Effect.zipRight(
      fs.makeDirectory(path.dirname(at(file)), { recursive: true }),
      fs.writeFile(at(file), typeof content === "string" ? new TextEncoder().encode(content) : content)
    )
  /** With its byte order mark. */
  const get = (file: string) => Effect.map(fs.readFile(at(file)), (bytes) => Buffer.from(bytes).toString())
  return {
    beside,
    root,
    outputs,
    at,
    put,
    get,
    workspace: Layer.succeed(Workspace, {
      directory: root,
      root,
      outputs,
      programFiles: { directories: [path.join(beside, "own")], names: ["program.json"] },
      ...toPrograms
    })
  }
})

/**
 * The tools in a project, where programs are found in `programs`. `asked` has what they asked for, `touched` what they were about; `permit`
 * answers, and may take its time; `rules` are for what a search comes across.
 */
export const makeTools = (
  permit: (action: Action) => Effect.Effect<void, ToolFailure> = () => Effect.void,
  rules?: Rules,
  options: { readonly isProject?: boolean; readonly programs?: string } = {}
) =>
  Effect.gen(function*() {
    const project = yield* makeProject
    const path = yield* Path.Path
    const asked: Array<Action> = []
    const touched: Array<string> = []
    const lines: Array<Line> = []
    const tasks = yield* TaskRegistry.make({
      append: (entry) => Effect.sync(() => void lines.push(entry)),
      entries: Effect.sync(() => [...lines])
    })
    const call = ToolCall.of({
      id: "call",
      permit: (action) => Effect.zipRight(Effect.sync(() => asked.push(action)), permit(action)),
      touch: (file) => Effect.sync(() => void touched.push(path.relative(project.root, file))),
      storeProcess: () => Effect.void,
      changeLog: {
        append: () => Effect.void,
        changes: Effect.succeed({ copies: [], ofTurn: [] }),
        copies: Option.none(),
        hasSecret: () => false
      },
      showOutput: () => Effect.void,
      verdicts: (parts) => Effect.succeed(parts.map((part) => decide(rules, { parts: [part], title: "" }, []).verdict)),
      tasks
    })
    const workspace = Layer.map(project.workspace, (context) => {
      const { root, ...workspace } = Context.get(context, Workspace)
      const { programs = workspace.programEnvironment["PATH"]! } = options
      return Context.make(Workspace, {
        ...workspace,
        ...(options.isProject === false || root === undefined ? {} : { root }),
        programEnvironment: { ...workspace.programEnvironment, PATH: programs }
      })
    })
    const context = yield* Layer.build(Layer.provide(Tools.layer, workspace))
    const { handle } = yield* Effect.provide(Tools.toolkit, context)
    const use = (name: keyof typeof Tools.toolkit.tools, params: object): Effect.Effect<Answer> =>
      Effect.map(
        // The parameters are the model's: whatever they are, decoding them is the toolkit's part.
        Effect.orDie(Effect.provideService(handle(name, params as never), ToolCall, call)),
        ({ result }) =>
          result instanceof ToolFailure
            ? { isFailure: true, text: result.message }
            : {
              isFailure: false,
              text: result.content.map((part) => part.type === "text" ? part.text : "").join(""),
              output: result
            }
      )
    return { ...project, asked, touched, lines, tasks, use }
  })

export const refusing = () => Effect.fail(new ToolFailure({ reason: "Denied", message: "No." }))
