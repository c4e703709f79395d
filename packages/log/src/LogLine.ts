/**
 * Formats log events as single lines that people and logfmt tools can read.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as HashMap from "effect/HashMap"
import * as List from "effect/List"
import type * as Logger from "effect/Logger"
import { oneLine, plainText } from "./internal/plainText.ts"

/**
 * What a line needs besides the event.
 *
 * @since 0.1.0
 * @category models
 */
export interface Context {
  /** Milliseconds since the previous line. */
  readonly sinceMillis: number
  /** Whether causes are written with their stack traces. */
  readonly withStacks: boolean
  /** Masks secrets; see `Secrets`. */
  readonly mask: (text: string) => string
}

/**
 * The event as one line without a line end, for example
 * `INFO 2026-11-22T23:58:07.123Z +12ms service=config loading config from /x/altimate-code.json`.
 *
 * The order is: annotations (`service`, `providerID`, then the others by name), spans, the message, and the cause as `error="…"`. Control
 * characters are escaped everywhere, including those that change the direction of text.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (event: Logger.Logger.Options<unknown>, { mask, sinceMillis, withStacks }: Context): string => {
  // Each piece is masked before it is quoted, since quoting can change the form of a secret.
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
      ...(Cause.isEmpty(event.cause) ? [] : [field("error", causeText(event.cause, withStacks))])
    ].filter((part) => part !== "").join(" ")
  )
}

/** The log has four levels. */
const levels: Readonly<Record<string, string>> = { FATAL: "ERROR", TRACE: "DEBUG" }

const annotations = (event: Logger.Logger.Options<unknown>): ReadonlyArray<readonly [string, unknown]> => {
  const first = ["service", "providerID"]
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length)
  return HashMap.toEntries(event.annotations).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

const causeText = (cause: Cause.Cause<unknown>, withStacks: boolean): string => {
  if (withStacks) return Cause.pretty(cause, { renderErrorCause: true })
  if (Cause.isInterruptedOnly(cause)) return "interrupted"
  return Cause.prettyErrors(cause).map((error) => plainText(error)).join("; ")
}

const keyText = (key: string): string => oneLine(key).replaceAll(/[\s="]/g, "_")

const quoted = (value: string): string =>
  /^[^\s"=\\]+$/.test(value) && value === oneLine(value)
    ? value
    : `"${oneLine(value.replaceAll("\\", "\\\\").replaceAll("\"", "\\\""))}"`
