/** Reads errors of Node.js and OpenSSL. */
import * as Predicate from "effect/Predicate"

/** The code of an error, such as `ECONNREFUSED`. */
export const getErrorCode = (error: unknown): string | undefined =>
  Predicate.hasProperty(error, "code") && Predicate.isString(error.code) ? error.code : undefined

export const getErrorMessage = (error: unknown): string => error instanceof Error ? error.message : ""
