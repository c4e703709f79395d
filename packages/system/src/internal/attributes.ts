/** Copies file attributes: everything except content and name. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
// Node has no functions for access control lists and extended attributes. The program is run by its full path and without an environment.
import { execFile } from "node:child_process"

/**
 * Copies owner, permission bits, access control list and extended attributes from one file to another. Returns false if not all of them could be
 * copied, or if that is unknown because cp is missing or does not support these options.
 *
 * Source: cp(1) of GNU coreutils: cp fails if an attribute named in `--preserve` can't be copied. macOS: `-p` also copies access
 * control lists, extended attributes and the content.
 */
export const copyAttributes = Effect.fn("attributes.copyAttributes")(function*(from: string, to: string) {
  const fs = yield* FileSystem.FileSystem
  const options = process.platform === "darwin"
    ? ["-p"]
    : ["--attributes-only", "--preserve=mode,ownership,xattr", "--no-target-directory"]
  const isCopied = yield* Effect.async<boolean>((resume) => {
    execFile("/bin/cp", [...options, "--", from, to], { env: {} }, (error) => resume(Effect.succeed(error === null)))
  })
  if (!isCopied) return false
  // cp does not fail if the owner can't be changed.
  const [old, made] = yield* Effect.all([fs.stat(from), fs.stat(to)])
  return ownerOf(old) === ownerOf(made)
}, Effect.orElseSucceed(() => false))

const ownerOf = ({ gid, uid }: FileSystem.File.Info): string => JSON.stringify([uid, gid])
