/** Synonyms for permission names. */

/** Names that other programs use for what `edit` covers. */
const edits = ["write", "patch", "multiedit", "apply_patch"]

/** Returns the permission to which rules with this name apply. */
export const canonicalName = (name: string): string => edits.includes(name) ? "edit" : name

/** Returns all names of this permission. */
export const synonymsOf = (name: string): ReadonlyArray<string> => name === "edit" ? ["edit", ...edits] : [name]
