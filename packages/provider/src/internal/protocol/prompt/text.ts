/** Text as a content block. */

/** Bedrock and the models behind it refuse a blank text with 400. Some count control characters as white space: Python, for one, U+001C. */
export const isBlank = (text: string): boolean => !/[^\s\p{Cc}]/u.test(text)

/** No block for blank text. */
export const text = (value: string): Array<{ readonly text: string }> => isBlank(value) ? [] : [{ text: value }]
