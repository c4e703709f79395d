/** Text as a content block. */

/** Bedrock and its models refuse blank text with 400. Some also count control characters as white space, such as Python U+001C. */
export const isBlank = (text: string): boolean => !/[^\s\p{Cc}]/u.test(text)

/** None for blank text. */
export const text = (value: string): Array<{ readonly text: string }> => isBlank(value) ? [] : [{ text: value }]
