/** Everything that a file has besides its content and its name. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
// Node has no call for access control lists or extended attributes. The program is named by its path and gets no environment.
import { execFile } from "node:child_process"

/**
 * Gives a file the owner, permission bits, access control list and extended attributes of another one. False: not all of them could
 * be given, or nobody can tell (no such program, or one that does not know these options).
 *
 * Source: cp(1) of GNU coreutils: an attribute that is named in `--preserve` and can't be kept makes it fail. macOS: `-p` keeps access
 * control lists and extended attributes, and copies the content too.
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
  // An owner that may not be given away is no failure for cp.
  const [old, made] = yield* Effect.all([fs.stat(from), fs.stat(to)])
  return ownerOf(old) === ownerOf(made)
}, Effect.orElseSucceed(() => false))

const ownerOf = ({ gid, uid }: FileSystem.File.Info): string => JSON.stringify([uid, gid])
