/** Deltas that consist of one text, as nearly all events of an answer do. Pure. */
import type { ContentBlockDelta, ContentBlockDeltaEvent, ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime"
import * as Predicate from "effect/Predicate"

interface Kind {
  readonly get: (delta: unknown) => unknown
  readonly make: (text: string) => ContentBlockDelta
}

/** The value of this key if the object has no other. */
const getOnly = (object: unknown, key: string): unknown =>
  Predicate.isRecord(object) && Object.keys(object).length === 1 ? object[key] : undefined

const kinds: ReadonlyArray<Kind> = [
  { get: (delta) => getOnly(delta, "text"), make: (text) => ({ text }) },
  { get: (delta) => getOnly(getOnly(delta, "toolUse"), "input"), make: (input) => ({ toolUse: { input } }) },
  {
    get: (delta) => getOnly(getOnly(delta, "reasoningContent"), "text"),
    make: (text) => ({ reasoningContent: { text } })
  }
]

export const isPlainDelta = (delta: unknown): delta is ContentBlockDelta =>
  kinds.some(({ get }) => Predicate.isString(get(delta)))

/** Adds an event. A plain delta is joined with the last event if that is one of the same block and kind. */
export const appendEvent = (events: Array<ConverseStreamOutput>, event: ConverseStreamOutput): void => {
  const last = events.at(-1)?.contentBlockDelta
  const { contentBlockDelta } = event
  const delta = last !== undefined && last.contentBlockIndex === contentBlockDelta?.contentBlockIndex
    ? join(last.delta, contentBlockDelta?.delta)
    : undefined
  if (delta === undefined) events.push(event)
  else events[events.length - 1] = { contentBlockDelta: { ...last, delta } as ContentBlockDeltaEvent }
}

const join = (first: unknown, second: unknown): ContentBlockDelta | undefined => {
  for (const { get, make } of kinds) {
    const text = get(first)
    if (!Predicate.isString(text)) continue
    const added = get(second)
    return Predicate.isString(added) ? make(text + added) : undefined
  }
  return undefined
}
