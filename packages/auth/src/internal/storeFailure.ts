import { printable } from "@altimate-code/log/Printable"
import type { PlatformError } from "@effect/platform/Error"
import { AuthError } from "../AuthError.ts"

/** The file system's refusal, in its own words. */
export const storeFailure = (doing: "read" | "write", path: string) => (error: PlatformError): AuthError =>
  new AuthError({
    reason: "StoreIO",
    message: `Can't ${doing} ${printable(path)}: ${printable(error.description ?? error.message)}`,
    path,
    hint: `Make sure that you may ${doing} the file and its directory, and that there is space left.`
  })

/** Is it only that nothing is there? */
export const isNotFound = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"
