/** Removes fields from a request. Pure. */
import type { Droppable } from "@altimate-code/config/Gateway"
import type { Message } from "@aws-sdk/client-bedrock-runtime"
import * as Predicate from "effect/Predicate"

/** Fields whose content is not searched, because its names are defined by tools, models or users. */
const opaque: ReadonlySet<string> = new Set([
  "additionalModelRequestFields",
  "input",
  "json",
  "promptVariables",
  "requestMetadata"
])

const removed = Symbol("removed")

/** Also removes objects and arrays that become empty, because Bedrock refuses empty blocks. */
const pruneFields = (names: ReadonlySet<string>) => {
  const prune = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const kept = value.map(prune)
      if (kept.every((item, index) => item === value[index])) return value
      const left = kept.filter((item) => item !== removed)
      return left.length === 0 ? removed : left
    }
    // A `Uint8Array` is an object too.
    if (!isPlainObject(value)) return value
    const entries = Object.entries(value).map(([name, item]) =>
      [name, names.has(name) ? removed : opaque.has(name) ? item : prune(item)] as const
    )
    if (entries.every(([name, item]) => item === value[name])) return value
    const left = entries.filter(([, item]) => item !== removed)
    return left.length === 0 ? removed : Object.fromEntries(left)
  }
  return prune
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  Predicate.isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** Returns the same object if the request has none of the fields. */
export const dropFields = <Request extends { readonly messages?: Array<Message> | undefined }>(
  request: Request,
  names: ReadonlyArray<Droppable>
): Request => {
  const pruned = pruneFields(new Set(names))(request) as Request
  return pruned === request || pruned.messages === request.messages
    ? pruned
    : { ...pruned, messages: alternateRoles(pruned.messages ?? []) }
}

/** Removes empty messages and merges the messages around them, because roles must alternate. */
const alternateRoles = (messages: ReadonlyArray<Message>): Array<Message> => {
  const kept: Array<Message> = []
  let wasRemoved = false
  for (const message of messages) {
    const last = kept.at(-1)
    if (message.content === undefined) {
      wasRemoved = true
      continue
    }
    if (wasRemoved && last !== undefined && last.role === message.role) {
      kept[kept.length - 1] = { ...last, content: [...last.content ?? [], ...message.content] }
    } else {
      kept.push(message)
    }
    wasRemoved = false
  }
  return kept
}
