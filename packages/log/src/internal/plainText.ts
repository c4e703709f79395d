import * as Inspectable from "effect/Inspectable"

/** A logged value as text: strings unchanged, errors as their message, everything else as compact JSON. */
export const plainText = (value: unknown): string => {
  if (typeof value === "string") return value
  return value instanceof Error ? value.message : Inspectable.toStringUnknown(value, 0)
}

// C0 and C1 controls, line and paragraph separators, and characters that change the direction of text.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

/** Escapes everything that would break or disguise a line. */
export const oneLine = (text: string): string =>
  text.replace(control, (char) => names[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
