/** The names of tools. */
import { createHash } from "node:crypto"

/** Bedrock's rule, as the API model 2023-09-30 has it. */
export const isValidName = (name: string): boolean => /^[a-zA-Z0-9_-]{1,64}$/.test(name)

/** The name as it is where it is valid; for one that a model made up, or that another provider allowed, one that no other name gets. */
export const wireName = (name: string): string =>
  isValidName(name)
    ? name
    : `${name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 55)}_${
      createHash("sha256").update(name).digest("hex").slice(0, 8)
    }`
