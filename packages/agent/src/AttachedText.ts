/**
 * The text of an attached file in a message.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * The text of a file as a part of a message.
 *
 * @since 0.1.0
 * @category rendering
 */
export const formatText = (name: string, text: string): string =>
  `<file name=${JSON.stringify(name)}>\n${text}\n</file>`

/**
 * The name of the file whose text a part of a message is, and its number of lines; none for other parts.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parseText = (text: string): Option.Option<{ readonly name: string; readonly lines: number }> => {
  const [, name, content] = /^<file name=("(?:[^"\\\n]|\\.)*")>\n([^]*)\n<\/file>$/.exec(text) ?? []
  if (name === undefined || content === undefined) return Option.none()
  return Option.some({ name: JSON.parse(name) as string, lines: content.replace(/\n$/, "").split("\n").length })
}
