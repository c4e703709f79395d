/**
 * Skills: folders with a `SKILL.md` that the model loads when a task needs it (https://agentskills.io/specification).
 *
 * @since 0.1.0
 */
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as promptFiles from "../internal/files/promptFiles.ts"
import { oneLine } from "../internal/session/oneLine.ts"
import type { PromptSource } from "./PromptSource.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Skill {
  readonly name: string
  /** What it does and when to use it, on one line. */
  readonly description: string
  /** The absolute path of its `SKILL.md`. */
  readonly path: string
  readonly source: PromptSource
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Found {
  readonly skills: ReadonlyArray<Skill>
  /** Tells the user what is left out and why. */
  readonly notices: ReadonlyArray<string>
}

/** Limits of the specification, in characters. */
const maxNameLength = 64
const maxDescriptionLength = 1024

const isName = (name: string): boolean =>
  name.length <= maxNameLength && /^[\p{Ll}\p{Lo}\p{N}]+(-[\p{Ll}\p{Lo}\p{N}]+)*$/u.test(name)

const findProblem = (name: string, description: string): string | undefined => {
  if (name === "") return "it has no name: add \"name: …\" between two lines of --- at its beginning"
  if (!isName(name)) {
    return `its name ${
      JSON.stringify(name)
    } is not allowed: use at most ${maxNameLength} lower-case letters, digits and single hyphens`
  }
  if (description === "") {
    return "it has no description: add \"description: …\" to its settings, so that the model knows when to use it"
  }
  return undefined
}

/**
 * Finds the skills. Of several with the same name, that of the first source counts.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = Effect.fn("Skills.find")(function*(sources: ReadonlyArray<PromptSource>) {
  const path = yield* Path.Path
  const skills = new Map<string, Skill>()
  const notices: Array<string> = []
  for (const source of sources) {
    for (const folder of yield* promptFiles.findFolders(source.directory, "SKILL.md")) {
      const file = path.join(source.directory, folder, "SKILL.md")
      const read = yield* Effect.either(promptFiles.read(file, source))
      if (read._tag === "Left") {
        notices.push(`The skill ${file} is left out: ${read.left.why}.`)
        continue
      }
      const { settings } = read.right
      const name = settings.get("name")?.trim() ?? ""
      const description = settings.get("description")?.replace(/\s+/g, " ").trim() ?? ""
      const why = findProblem(name, description)
      if (why !== undefined) {
        notices.push(`The skill ${file} is left out: ${why}.`)
        continue
      }
      const first = skills.get(name)
      if (first !== undefined) {
        notices.push(`The skill ${file} is left out: ${first.path} has the same name. Rename one of them.`)
        continue
      }
      if (name !== folder) {
        notices.push(`The skill ${file} is named ${name}: name its folder ${name} too, as other programs require.`)
      }
      skills.set(name, { name, description: oneLine(description, maxDescriptionLength), path: file, source })
    }
  }
  return { skills: [...skills.values()], notices } satisfies Found
})

/**
 * The part of the system prompt that lists the skills; none without skills.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toPrompt = (skills: ReadonlyArray<Skill>): string | undefined =>
  skills.length === 0 ? undefined : [
    "Skills are instructions for kinds of tasks. If the task matches a description, load that skill with the skill tool before you begin. The \
available skills:",
    ...skills.map(({ description, name }) => `- ${name}: ${description}`)
  ].join("\n")
