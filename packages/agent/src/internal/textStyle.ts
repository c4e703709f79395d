/** How a file writes text: the model writes neither \r\n nor a byte order mark. */

const mark = "\uFEFF"

/** The text with the line ends of the content, if all of those are \r\n. */
export const withLineEndsOf = (content: string, text: string): string =>
  content.includes("\r\n") && !/(^|[^\r])\n/.test(content) ? text.replace(/\r?\n/g, "\r\n") : text

/** The text with the line ends and the byte order mark of the content that it replaces. */
export const inStyleOf = (content: string, text: string): string =>
  (content.startsWith(mark) && !text.startsWith(mark) ? mark : "") + withLineEndsOf(content, text)
