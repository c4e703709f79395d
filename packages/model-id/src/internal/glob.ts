const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&")

/** Whether the whole text matches the pattern, in which `*` matches any number of characters. */
export const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "s").test(text)
