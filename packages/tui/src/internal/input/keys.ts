import * as TerminalReports from "./terminalReports.ts"
import type { Report } from "./terminalReports.ts"

/** A key press, or pasted text. `name` is a single letter only together with `ctrl` or `meta`. */
export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | {
    readonly type: "key"
    readonly name: string
    readonly ctrl: boolean
    readonly meta: boolean
    readonly shift: boolean
  }

/** Input from the terminal that is still incomplete. */
export interface Decoder {
  readonly pending: string
  /** The text so far of an unfinished paste. */
  readonly pasted: string | undefined
}

export const start: Decoder = { pending: "", pasted: undefined }

const pasteStart = "\x1b[200~"
const pasteEnd = "\x1b[201~"

const focusIn = "\x1b[I"
const focusOut = "\x1b[O"

/**
 * Decodes a chunk of the terminal's input, which may end anywhere in a sequence. `isFocused` is set if the terminal reports that its window
 * got or lost the focus.
 */
export const decode = (
  decoder: Decoder,
  chunk: string
): {
  readonly decoder: Decoder
  readonly keys: ReadonlyArray<Key>
  readonly isFocused?: boolean
  readonly reports?: ReadonlyArray<Report>
} => {
  const keys: Array<Key> = []
  const reports: Array<Report> = []
  let isFocused: boolean | undefined
  let input = decoder.pending + chunk
  let pasted = decoder.pasted
  while (input !== "") {
    if (pasted !== undefined) {
      const end = input.indexOf(pasteEnd)
      if (end === -1) {
        const held = countMarkerStart(pasteEnd, input)
        return {
          decoder: { pending: input.slice(input.length - held), pasted: pasted + input.slice(0, input.length - held) },
          keys
        }
      }
      keys.push({ type: "paste", text: (pasted + input.slice(0, end)).replace(/\r\n?/g, "\n") })
      pasted = undefined
      input = input.slice(end + pasteEnd.length)
    } else if (input.startsWith(pasteStart)) {
      pasted = ""
      input = input.slice(pasteStart.length)
    } else {
      const next = decodeKey(input)
      if (next === undefined) break
      if (next.key !== undefined) keys.push(next.key)
      if (next.report !== undefined) reports.push(next.report)
      isFocused = next.isFocused ?? isFocused
      input = input.slice(next.length)
    }
  }
  return {
    decoder: { pending: input, pasted },
    keys,
    ...(isFocused === undefined ? {} : { isFocused }),
    ...(reports.length === 0 ? {} : { reports })
  }
}

/** Decodes what is pending when no more input follows: the start of a sequence was the Esc key. */
export const flush = (
  decoder: Decoder
): { readonly decoder: Decoder; readonly keys: ReadonlyArray<Key> } => {
  // The rest of a report is on its way.
  if (
    decoder.pasted !== undefined || decoder.pending === "" || TerminalReports.decode(decoder.pending) === "incomplete"
  ) return { decoder, keys: [] }
  if (decoder.pending === "\x1b]") return { decoder: start, keys: [{ ...withoutModifiers("]"), meta: true } as Key] }
  const { keys } = decode(start, decoder.pending.slice(1))
  return { decoder: start, keys: [withoutModifiers("escape"), ...keys] }
}

/** How many characters at the end of the text could be the start of the marker. */
const countMarkerStart = (marker: string, text: string): number => {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(marker.slice(0, length))) return length
  }
  return 0
}

const withoutModifiers = (name: string): Key => ({ type: "key", name, ctrl: false, meta: false, shift: false })

interface Next {
  readonly length: number
  /** Absent for an unknown sequence. */
  readonly key?: Key
  /** Set for a report that the window got or lost the focus. */
  readonly isFocused?: boolean
  readonly report?: Report
}

const decodeKey = (input: string): Next | undefined => {
  if (!input.startsWith("\x1b")) return decodeUnescaped(input)
  if (input.length === 1) return undefined
  const report = TerminalReports.decode(input)
  if (report !== undefined) return report === "incomplete" ? undefined : report
  // Alt-], or the start of a report.
  if (input === "\x1b]") return undefined
  const second = input[1] ?? ""
  if (second === "[" || second === "O") return decodeSequence(input)
  if (second === "\x1b") {
    // Alt with an arrow, or Esc twice.
    const inner = input.length > 2 && (input[2] === "[" || input[2] === "O")
      ? decodeSequence(input.slice(1))
      : undefined
    if (inner?.key?.type === "key") return { length: inner.length + 1, key: { ...inner.key, meta: true } }
    return { length: 1, key: withoutModifiers("escape") }
  }
  const inner = decodeUnescaped(input.slice(1))
  if (inner.key?.type === "text") {
    const [letter = ""] = inner.key.text
    return { length: 1 + letter.length, key: { ...withoutModifiers(letter.toLowerCase()), meta: true } as Key }
  }
  return inner.key?.type === "key"
    ? { length: 1 + inner.length, key: { ...inner.key, meta: true } }
    : { length: 1 + inner.length }
}

const controlKeys: Readonly<Record<string, Key>> = {
  "\r": withoutModifiers("return"),
  "\n": { type: "key", name: "j", ctrl: true, meta: false, shift: false },
  "\t": withoutModifiers("tab"),
  "\x7f": withoutModifiers("backspace"),
  "\b": withoutModifiers("backspace"),
  "\x00": { type: "key", name: "space", ctrl: true, meta: false, shift: false },
  "\x1f": { type: "key", name: "_", ctrl: true, meta: false, shift: false }
}

const decodeUnescaped = (input: string): Next => {
  // oxlint-disable-next-line no-control-regex -- control characters are keys here
  const text = /^[^\x00-\x1f\x7f]+/.exec(input)?.[0]
  if (text !== undefined) return { length: text.length, key: { type: "text", text } }
  const [first = ""] = input
  const key = controlKeys[first]
  if (key !== undefined) return { length: 1, key }
  const code = first.charCodeAt(0)
  if (code >= 1 && code <= 26) {
    return {
      length: 1,
      key: { type: "key", name: String.fromCharCode(code + 96), ctrl: true, meta: false, shift: false }
    }
  }
  return { length: 1 }
}

const keysByFinal: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4"
}

const keysByNumber: Readonly<Record<string, string>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12"
}

const decodeSequence = (input: string): Next | undefined => {
  // oxlint-disable-next-line no-control-regex -- Esc begins a sequence
  const found = /^\x1b(?:\[([0-?]*)[ -/]*([@-~])|O([@-~]))/.exec(input)
  if (found === null) {
    // oxlint-disable-next-line no-control-regex -- Esc begins a sequence
    if (/^\x1b(?:\[[0-?]*[ -/]*|O)$/.test(input)) return undefined
    return { length: 2, key: { type: "key", name: input[1] ?? "", ctrl: false, meta: true, shift: false } }
  }
  const [whole, parameters = "", final = found[3] ?? ""] = found
  const [number = "", modifier = "1"] = parameters.split(";")
  const bits = Math.max(0, Number(modifier) - 1)
  const modifiers = { shift: (bits & 1) > 0, meta: (bits & 2) > 0, ctrl: (bits & 4) > 0 }
  const length = whole.length
  if (whole === focusIn || whole === focusOut) return { length, isFocused: whole === focusIn }
  if (final === "Z") return { length, key: { ...withoutModifiers("tab"), shift: true } as Key }
  const name = final === "~" ? keysByNumber[number] : final === "u" ? keyOfCode(Number(number)) : keysByFinal[final]
  return name === undefined ? { length } : { length, key: { type: "key", name, ...modifiers } }
}

/** Some terminals send `Esc [ code ; modifier u` for keys without a sequence, e.g. Shift-Return. */
const keyOfCode = (code: number): string | undefined => {
  if (code === 13) return "return"
  if (code === 9) return "tab"
  if (code === 27) return "escape"
  if (code === 127) return "backspace"
  return code > 32 && code < 127 ? String.fromCharCode(code) : undefined
}
