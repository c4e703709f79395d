const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&")

/** Whether the whole text matches a pattern in which `*` stands for any run of characters, also an empty one. */
export const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "s").test(text)
