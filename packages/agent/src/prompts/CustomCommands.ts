/**
 * The user's and the project's own commands: Markdown files whose text is a prompt.
 *
 * @since 0.1.0
 */
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as promptFiles from "../internal/files/promptFiles.ts"
import { oneLine } from "../internal/session/oneLine.ts"
import * as CommandTemplate from "./CommandTemplate.ts"
import type { PromptSource } from "./PromptSource.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface CustomCommand {
  /** Without a slash; a folder is separated by a colon: `frontend:component`. */
  readonly name: string
  /** On one line. Without a description, the first line of the prompt. */
  readonly description: string
  /** E.g. `[branch]`; may be empty. */
  readonly argumentHint: string
  /** The absolute path of its file. */
  readonly path: string
  /** The whole file. */
  readonly text: string
  readonly source: PromptSource
  readonly segments: ReadonlyArray<CommandTemplate.Segment>
  /** The settings of the file that have no effect here. */
  readonly ignored: ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Found {
  readonly commands: ReadonlyArray<CustomCommand>
  /** Tells the user what is left out and why. */
  readonly notices: ReadonlyArray<string>
}

const usedSettings = ["name", "description", "argument-hint"]

const maxDescriptionLength = 200

const shorten = (text: string): string => oneLine(text, maxDescriptionLength)

/** `frontend/component.md` is `frontend:component`. None if it can't be typed as a command. */
const nameOf = (parts: ReadonlyArray<string>): string | undefined => {
  const names = parts.map((part, index) => index === parts.length - 1 ? part.slice(0, -".md".length) : part)
  return names.every((name) => /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(name)) ? names.join(":") : undefined
}

/**
 * Finds the commands. Of several with the same name, that of the first source counts. `reserved` are the names of built-in commands, which win.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = Effect.fn("CustomCommands.find")(
  function*(sources: ReadonlyArray<PromptSource>, reserved: ReadonlyArray<string> = []) {
    const path = yield* Path.Path
    const commands = new Map<string, CustomCommand>()
    const notices: Array<string> = []
    for (const source of sources) {
      const { files, outside } = yield* promptFiles.findMarkdown(source)
      for (const parts of outside) {
        notices.push(
          `The commands in ${
            path.join(source.directory, ...parts)
          } are left out: it links to a directory outside the project.`
        )
      }
      for (const parts of files) {
        const file = path.join(source.directory, ...parts)
        const leaveOut = (why: string) => void notices.push(`The command ${file} is left out: ${why}.`)
        const name = nameOf(parts)
        if (name === undefined) {
          leaveOut("name the file and its folders with letters, digits, - _ and . only, and a letter or digit first")
          continue
        }
        if (reserved.includes(name)) {
          leaveOut(`/${name} is a built-in command. Rename the file`)
          continue
        }
        const first = commands.get(name)
        if (first !== undefined) {
          leaveOut(`${first.path} has the same name. Rename one of them`)
          continue
        }
        const read = yield* Effect.either(promptFiles.read(file, source))
        if (read._tag === "Left") {
          leaveOut(read.left.why)
          continue
        }
        const { body, settings, text } = read.right
        const template = body.trim()
        if (template === "") {
          leaveOut("it has no text: write the prompt below its settings")
          continue
        }
        const segments = CommandTemplate.parse(template)
        commands.set(name, {
          name,
          description: shorten(settings.get("description") ?? "") || shorten(template.split("\n")[0]!),
          argumentHint: shorten(settings.get("argument-hint") ?? ""),
          path: file,
          text,
          source,
          segments,
          ignored: [...settings.keys()].filter((key) => !usedSettings.includes(key))
        })
      }
    }
    return { commands: [...commands.values()], notices } satisfies Found
  }
)

/**
 * The command lines that the command runs, as written in its file.
 *
 * @since 0.1.0
 * @category queries
 */
export const commandLines = ({ segments }: CustomCommand): ReadonlyArray<string> =>
  segments.filter(({ type }) => type === "shell").map(({ text }) => text)
