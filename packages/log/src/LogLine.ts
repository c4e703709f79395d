/**
 * How a log event is written: one line, readable for people and for logfmt tools.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as HashMap from "effect/HashMap"
import * as List from "effect/List"
import type * as Logger from "effect/Logger"
import { oneLine, plainText } from "./internal/plainText.ts"

/**
 * What a line needs to know apart from its event.
 *
 * @since 0.1.0
 * @category models
 */
export interface Context {
  /** Milliseconds since the line before. */
  readonly sinceMillis: number
  /** Whether a cause is written with its stack traces. */
  readonly stacks: boolean
  /** Blots out what must not be written; see `Secrets`. */
  readonly mask: (text: string) => string
}

/**
 * The event as one line without its end, for example
 * `INFO 2026-11-22T23:58:07.123Z +12ms service=config loading config from /x/altimate-code.json`.
 *
 * First the annotations (`service`, `providerID`, then the others by name), the spans, the message as it is, and last the
 * cause as `error="…"`. Control characters, also those that turn the direction of text, are escaped everywhere.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (event: Logger.Logger.Options<unknown>, { mask, sinceMillis, stacks }: Context): string => {
  // Each piece is masked before it is quoted, because quoting can change how a secret in it is written.
  const field = (key: string, value: string) => `${keyText(mask(key))}=${quoted(mask(value))}`
  const messages = Array.isArray(event.message) ? event.message : [event.message]
  const now = event.date.getTime()
  return mask(
    [
      levels[event.logLevel.label] ?? event.logLevel.label,
      event.date.toISOString(),
      `+${sinceMillis}ms`,
      ...annotations(event).map(([key, value]) => field(key, plainText(value))),
      ...List.toArray(event.spans).map((span) => field(span.label, `${now - span.startTime}ms`)),
      ...messages.map((message) => oneLine(mask(plainText(message)))),
      ...(Cause.isEmpty(event.cause) ? [] : [field("error", causeText(event.cause, stacks))])
    ].filter((part) => part !== "").join(" ")
  )
}

/** The log knows four levels. */
const levels: Readonly<Record<string, string>> = { FATAL: "ERROR", TRACE: "DEBUG" }

const annotations = (event: Logger.Logger.Options<unknown>): ReadonlyArray<readonly [string, unknown]> => {
  const first = ["service", "providerID"]
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length)
  return HashMap.toEntries(event.annotations).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

const causeText = (cause: Cause.Cause<unknown>, stacks: boolean): string => {
  if (stacks) return Cause.pretty(cause, { renderErrorCause: true })
  if (Cause.isInterruptedOnly(cause)) return "interrupted"
  return Cause.prettyErrors(cause).map((error) => plainText(error)).join("; ")
}

const keyText = (key: string): string => oneLine(key).replaceAll(/[\s="]/g, "_")

const quoted = (value: string): string =>
  /^[^\s"=\\]+$/.test(value) && value === oneLine(value)
    ? value
    : `"${oneLine(value.replaceAll("\\", "\\\\").replaceAll("\"", "\\\""))}"`
