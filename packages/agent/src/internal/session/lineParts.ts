import type { Line } from "../../session/Session.ts"

/** Returns the content parts that a line adds to the conversation; `undefined` if it adds none. */
export const partsOf = (line: Line) => {
  switch (line.type) {
    case "user":
    case "assistant":
      return line.message.content
    case "tool-result":
      return line.output.content
    default:
      return undefined
  }
}
