/**
 * The tool that loads a skill.
 *
 * @since 0.1.0
 */
import * as Tool from "@effect/ai/Tool"
import * as Toolkit from "@effect/ai/Toolkit"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Locate, makeLocate } from "../internal/files/paths.ts"
import * as promptFiles from "../internal/files/promptFiles.ts"
import { provided, string, textOutput, tool } from "../internal/tools/defineTool.ts"
import { failed } from "../internal/tools/toolFailure.ts"
import type { Skill as Found } from "../prompts/Skills.ts"
import type { Workspace } from "../Workspace.ts"
import type { AnyToolkit } from "./AnyToolkit.ts"
import { ToolCall } from "./ToolCall.ts"

/**
 * Loads a skill.
 *
 * @since 0.1.0
 * @category tools
 */
export const Skill = tool(
  "skill",
  "Loads a skill: instructions for a kind of task. The system prompt lists the skills with their descriptions.",
  { name: string("The name of the skill.") }
).annotate(Tool.Readonly, true)

/**
 * Reads the skill's file again, so that the model gets it as it is now. The permission is `skill` for its name, and `read` for its file.
 *
 * @since 0.1.0
 * @category handlers
 */
export const load = Effect.fnUntraced(function*(skills: ReadonlyArray<Found>, name: string) {
  const path = yield* Path.Path
  const { permit } = yield* ToolCall
  const skill = skills.find((skill) => skill.name === name)
  if (skill === undefined) {
    return yield* failed(
      `There is no skill ${JSON.stringify(name)}. The skills: ${skills.map(({ name }) => name).join(", ")}.`
    )
  }
  const target = yield* (yield* Locate)(skill.path)
  yield* permit({ parts: [{ permission: "skill", subject: name }, ...target.partsFor("read")], title: name })
  const { body } = yield* Effect.mapError(
    promptFiles.read(skill.path, skill.source),
    ({ why }) => failed(`The skill ${name} can't be loaded: ${skill.path}: ${why}.`)
  )
  const text = `The skill ${name} from ${
    path.dirname(skill.path)
  }. Paths in it are relative to that directory.\n\n${body.trim()}`
  return textOutput(text, name)
})

const toolkit = Toolkit.make(Skill)

/**
 * The tool for these skills.
 *
 * @since 0.1.0
 * @category toolkits
 */
export const makeToolkit = (
  skills: ReadonlyArray<Found>
): Effect.Effect<AnyToolkit, never, Workspace | FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const services = yield* Effect.context<Workspace | FileSystem.FileSystem | Path.Path>()
    const context = Context.add(services, Locate, yield* makeLocate)
    return yield* Effect.provide(
      toolkit,
      yield* Effect.provide(toolkit.toContext({ skill: provided(({ name }) => load(skills, name)) }), context)
    )
  })
