/** Removes fields from a request. Pure. */
import type { Droppable } from "@altimate-code/config/Gateway"
import type { Message } from "@aws-sdk/client-bedrock-runtime"
import * as Predicate from "effect/Predicate"

/** Fields whose content is not searched, because its names are defined by tools, models or users. */
const opaque: ReadonlySet<string> = new Set([
  "input",
  "json",
  "promptVariables",
  "requestMetadata"
])

/** Fields of models that can be left out one by one. */
export const modelFields: ReadonlySet<string> = new Set<Droppable>([
  "anthropic_beta",
  "thinking",
  "output_config",
  "reasoningConfig",
  "reasoning_effort"
])

const removed = Symbol("removed")

/** Removes the model's own fields, and `display` from its thinking. Other members may be the user's. */
const pruneModelFields = (fields: unknown, names: ReadonlySet<string>): unknown => {
  if (!isPlainObject(fields)) return fields
  const { thinking } = fields
  const shown = names.has("display") && isPlainObject(thinking) && Object.hasOwn(thinking, "display")
    ? { ...fields, thinking: Object.fromEntries(Object.entries(thinking).filter(([name]) => name !== "display")) }
    : fields
  const left = Object.entries(shown).filter(([name]) => !(modelFields.has(name) && names.has(name)))
  if (left.length === 0) return removed
  return shown === fields && left.length === Object.keys(fields).length ? fields : Object.fromEntries(left)
}

/** Also removes objects and arrays that become empty, because Bedrock refuses empty blocks. */
const pruneFields = (names: ReadonlySet<string>) => {
  const pruneMember = (name: string, item: unknown): unknown => {
    if (name === "additionalModelRequestFields") return pruneModelFields(item, names)
    return opaque.has(name) ? item : prune(item)
  }
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
      [name, names.has(name) ? removed : pruneMember(name, item)] as const
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
