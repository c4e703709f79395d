/**
 * Commands that the user runs between the turns, such as those after `!` on the screen.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * Reports a command and its output to the model.
 *
 * @since 0.1.0
 * @category rendering
 */
export const toMessage = (command: string, end: string, output: string): string =>
  `I ran this command myself:\n\n\`\`\`sh\n${command}\n\`\`\`\n\n${end}, output:\n\n\`\`\`\n${output}\n\`\`\``

/**
 * The command that such a message reports; none for other texts.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parseMessage = (text: string): Option.Option<string> =>
  Option.fromNullable(/^I ran this command myself:\n\n```sh\n([^]*?)\n```\n\n.*, output:\n\n```\n/.exec(text)?.[1])
