/**
 * Makes the IDs of tool calls unique in the whole conversation, as Claude requires. Some models restart their IDs in each turn, and some
 * gateways send no ID or the same one twice.
 */

/** Source: the API model 2023-09-30. */
const isValid = (id: string): boolean => /^[a-zA-Z0-9_.:-]{1,64}$/.test(id)

/** The same ID if it is valid and not taken, otherwise an ID derived from it. Deterministic. */
export const makeUniqueToolUseId = (id: string, taken: ReadonlySet<string>): string => {
  if (isValid(id) && !taken.has(id)) return id
  const stem = id.replace(/[^a-zA-Z0-9_.:-]/g, "_").slice(0, 50) || "call"
  for (let count = 1;; count++) {
    const candidate = `${stem}-${count}`
    if (!taken.has(candidate)) return candidate
  }
}
