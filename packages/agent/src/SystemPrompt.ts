/**
 * What the model is told before anything is said.
 *
 * @since 0.1.0
 */
import type { Instruction } from "./Instructions.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Stands in for this program's own words. */
  readonly base?: string
  readonly directory: string
  readonly root: string
  /** E.g. `linux`. */
  readonly platform: string
  /** E.g. `2026-11-23`. */
  readonly date: string
  readonly isRepository: boolean
  readonly instructions: ReadonlyArray<Instruction>
}

const words =
  `You are altimate-code, a coding assistant in a terminal. You work in the person's project with tools, and you finish what \
you are asked to do.

How you work:
- Look before you act: find files with glob, text with grep, and read what you need. Call tools that only look side by side.
- Read a file before you change it. Make the smallest change that does the whole job, in the style of the code around it.
- Check your work with the project's own tests, types and linters when there are any. When something fails, find the cause.
- Do not commit, push, install or delete anything that you were not asked to.
- When a tool call is refused, do not look for a way around it: go on without it, or say what you would need.
- Never invent the content of a file, the output of a command or the name of an API.

How you answer:
- Briefly, in the person's language, in Markdown. Say what you did and what you found, and name files as path:line.
- Say so when something does not work or was not checked.`

/**
 * The system prompt. The same for the same options, so that the provider's prompt cache can hold it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): string => {
  const { base = words, date, directory, instructions, isRepository, platform, root } = options
  const place = [
    `Working directory: ${directory}`,
    ...(root === directory ? [] : [`Project root: ${root}`]),
    `Git repository: ${isRepository ? "yes" : "no"}`,
    `Platform: ${platform}`,
    `Date: ${date}`
  ].join("\n")
  const told = instructions.map(({ path, text }) => `Instructions from ${path}:\n\n${text.trim()}`)
  return [base.trim(), place, ...told].join("\n\n")
}
