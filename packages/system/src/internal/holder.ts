/** Encodes the holder of a lock in a file name. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import * as ProcessId from "../ProcessId.ts"

export interface Holder extends ProcessId.ProcessId {
  /** The ID of this single lock. */
  readonly id: string
}

/** A file name that contains all fields. Earlier versions wrote only the first three. */
export const toName = ({ boot, host, id, namespace, pid, start }: Holder): string =>
  [pid, encodeURIComponent(host), id, boot, namespace, start].join("@")

export const fromName = (name: string): Holder | undefined => {
  const parts = /^(\d+)@([^@]*)@([0-9a-f-]{36})(?:@([^@]*)@([^@]*)@([^@]*))?$/.exec(name)
  if (parts === null) return undefined
  const [, pid, host = "", id = "", boot = "", namespace = "", start = ""] = parts
  return { pid: Number(pid), host: decode(host), id, boot, namespace, start }
}

const decode = (host: string): string => {
  try {
    return decodeURIComponent(host)
  } catch {
    return host
  }
}

/** This process, as the holder of a new lock. */
export const thisProcess: Effect.Effect<Holder, never, FileSystem.FileSystem> = Effect.map(
  Effect.suspend(() => ProcessId.of(process.pid)),
  (self) => ({ ...self, id: randomUUID() })
)
