/** The names that rules may call a tool by. */

/** Tools of other programs that do what `edit` is about. */
const edits = ["write", "patch", "multiedit", "apply_patch"]

/** What the rules of this name judge. */
export const meaning = (name: string): string => edits.includes(name) ? "edit" : name

/** All names of what is judged by this one. */
export const spellings = (name: string): ReadonlyArray<string> => name === "edit" ? ["edit", ...edits] : [name]
