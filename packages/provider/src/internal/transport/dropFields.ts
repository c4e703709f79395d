/** Leaves out of a request what a gateway refuses. Pure. */
import type { Droppable } from "@altimate-code/config/Gateway"
import type { Message } from "@aws-sdk/client-bedrock-runtime"
import * as Predicate from "effect/Predicate"

/** Names in these are a tool's, a model's or a person's own. */
const opaque: ReadonlySet<string> = new Set([
  "additionalModelRequestFields",
  "input",
  "json",
  "promptVariables",
  "requestMetadata"
])

const gone = Symbol("gone")

/** Whatever is empty without what was dropped from it goes as well: Bedrock refuses empty blocks. */
const without = (names: ReadonlySet<string>) => {
  const prune = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const kept = value.map(prune)
      if (kept.every((item, index) => item === value[index])) return value
      const left = kept.filter((item) => item !== gone)
      return left.length === 0 ? gone : left
    }
    // Bytes are an object too.
    if (!isPlain(value)) return value
    const entries = Object.entries(value).map(([name, item]) =>
      [name, names.has(name) ? gone : opaque.has(name) ? item : prune(item)] as const
    )
    if (entries.every(([name, item]) => item === value[name])) return value
    const left = entries.filter(([, item]) => item !== gone)
    return left.length === 0 ? gone : Object.fromEntries(left)
  }
  return prune
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  Predicate.isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** The same request, also for `===`, when it holds nothing of the kind. */
export const dropFields = <Request extends { readonly messages?: Array<Message> | undefined }>(
  request: Request,
  names: ReadonlyArray<Droppable>
): Request => {
  const pruned = without(new Set(names))(request) as Request
  return pruned === request || pruned.messages === request.messages
    ? pruned
    : { ...pruned, messages: alternating(pruned.messages ?? []) }
}

/** Without messages that have lost all they held; those around them are one, since roles must alternate. */
const alternating = (messages: ReadonlyArray<Message>): Array<Message> => {
  const kept: Array<Message> = []
  let lost = false
  for (const message of messages) {
    const last = kept.at(-1)
    if (message.content === undefined) {
      lost = true
      continue
    }
    if (lost && last !== undefined && last.role === message.role) {
      kept[kept.length - 1] = { ...last, content: [...last.content ?? [], ...message.content] }
    } else {
      kept.push(message)
    }
    lost = false
  }
  return kept
}
