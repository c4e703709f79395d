/** Makes tool names valid. */
import { createHash } from "node:crypto"

/** Source: the API model 2023-09-30. */
export const isValidName = (name: string): boolean => /^[a-zA-Z0-9_-]{1,64}$/.test(name)

/** The name itself if it is valid; otherwise, for a name of a model or of another provider, a unique valid one. */
export const wireName = (name: string): string =>
  isValidName(name)
    ? name
    : `${name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 55)}_${
      createHash("sha256").update(name).digest("hex").slice(0, 8)
    }`
