/** Synonyms for permission names. */

/** Other programs' tools that do what `edit` covers. */
const edits = ["write", "patch", "multiedit", "apply_patch"]

/** The permission that rules with this name apply to. */
export const canonicalName = (name: string): string => edits.includes(name) ? "edit" : name

/** All names for this permission. */
export const synonymsOf = (name: string): ReadonlyArray<string> => name === "edit" ? ["edit", ...edits] : [name]
