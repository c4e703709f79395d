/** Converts text to content blocks. */

/** Whether the text is blank, which Bedrock and its models refuse. Some treat control characters as white space, as Python does U+001C. */
export const isBlank = (text: string): boolean => !/[^\s\p{Cc}]/u.test(text)

/** No block for blank text. */
export const toTextBlocks = (value: string): Array<{ readonly text: string }> => isBlank(value) ? [] : [{ text: value }]
