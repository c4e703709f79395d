/** What the model has seen of which file: it may only change what it has seen. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"

export const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

export class Readings extends Context.Tag("@altimate-code/agent/Readings")<Readings, {
  /** Remembers the whole file's content, though only a part of it was shown. */
  readonly saw: (path: string, bytes: Uint8Array) => void
  /** Was it seen in this process, and is it still the same? */
  readonly state: (path: string, bytes: Uint8Array) => "seen" | "changed" | "never"
  /** One change of a file at a time. */
  readonly alone: (path: string) => <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}>() {}

export const layer = Layer.sync(Readings, () => {
  const seen = new Map<string, string>()
  const locks = new Map<string, Effect.Semaphore>()
  return {
    saw: (path, bytes) => void seen.set(path, hash(bytes)),
    state: (path, bytes) => {
      const before = seen.get(path)
      return before === undefined ? "never" : before === hash(bytes) ? "seen" : "changed"
    },
    alone: (path) => {
      const lock = locks.get(path) ?? Effect.unsafeMakeSemaphore(1)
      locks.set(path, lock)
      return lock.withPermits(1)
    }
  }
})
