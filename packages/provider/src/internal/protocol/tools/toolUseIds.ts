/**
 * The IDs of tool calls. Some models count them anew in each turn, and some gateways send none, or the same one twice; Bedrock
 * wants them to be unique, and Claude over the whole conversation.
 */

/** Bedrock's rule, as the API model 2023-09-30 has it. */
const isValid = (id: string): boolean => /^[a-zA-Z0-9_.:-]{1,64}$/.test(id)

/** The given ID where it is valid and not taken yet, else one that is made from it; always the same for the same arguments. */
export const ownId = (id: string, taken: ReadonlySet<string>): string => {
  if (isValid(id) && !taken.has(id)) return id
  const stem = id.replace(/[^a-zA-Z0-9_.:-]/g, "_").slice(0, 50) || "call"
  for (let count = 1;; count++) {
    const own = `${stem}-${count}`
    if (!taken.has(own)) return own
  }
}
