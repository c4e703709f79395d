/** Validates tool names and replaces invalid ones. */
import { createHash } from "node:crypto"

/** Source: the API model 2023-09-30. */
export const isValidName = (name: string): boolean => /^[a-zA-Z0-9_-]{1,64}$/.test(name)

/** A valid name is unchanged. An invalid one, invented by a model or from another provider, is replaced with a unique valid one. */
export const toWireName = (name: string): string =>
  isValidName(name)
    ? name
    : `${name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 55)}_${
      createHash("sha256").update(name).digest("hex").slice(0, 8)
    }`
