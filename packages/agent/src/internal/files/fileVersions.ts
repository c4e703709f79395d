/** Remembers which version of each file the model has read, because it may change only what it has read. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"

export const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

export class FileVersions extends Context.Tag("@altimate-code/agent/FileVersions")<FileVersions, {
  /** Remembers the content of the whole file, even if only a part of it was shown. */
  readonly remember: (path: string, bytes: Uint8Array) => void
  /** Whether this content was read in this process, and whether it has changed since. */
  readonly state: (path: string, bytes: Uint8Array) => "read" | "changed" | "unread"
  /** Serializes changes of the same file. */
  readonly exclusive: (path: string) => <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>() {}

export const make = (): typeof FileVersions.Service => {
  const seen = new Map<string, string>()
  const locks = new Map<string, Effect.Semaphore>()
  return {
    remember: (path, bytes) => void seen.set(path, hash(bytes)),
    state: (path, bytes) => {
      const before = seen.get(path)
      return before === undefined ? "unread" : before === hash(bytes) ? "read" : "changed"
    },
    exclusive: (path) => {
      const lock = locks.get(path) ?? Effect.unsafeMakeSemaphore(1)
      locks.set(path, lock)
      return lock.withPermits(1)
    }
  }
}
