/** What a terminal answers to a question of ours. */
export type Report =
  /** Its background (OSC 11). */
  | { readonly type: "background"; readonly isLight: boolean }
  /** What kind of terminal it is (DA1). Every terminal answers this, and in order: then nothing else follows. */
  | { readonly type: "device" }
  /** The row of its cursor, counted from 0 (CPR). */
  | { readonly type: "position"; readonly row: number }

/** Asks for the background, then for the kind of terminal. */
export const query = "\x1b]11;?\x1b\\\x1b[c"

/** Narrower terminals are not asked for the position of the cursor. */
export const minColumnsForPosition = 20

/** Asks for the position of the cursor, in a column for which the answer differs from F3 with modifiers. */
export const queryPosition = `\x1b[${minColumnsForPosition}G\x1b[6n`

// oxlint-disable-next-line no-control-regex -- Esc begins a report
const positionReport = /^\x1b\[(\d+);(\d{2,})R/

// oxlint-disable-next-line no-control-regex -- Esc begins a report
const backgroundReport = /^\x1b\]11;(?:rgba?:|#)([\da-f/]{3,24})(?:\x07|\x1b\\)/i
/** Alt-] alone begins like the report. */
// oxlint-disable-next-line no-control-regex -- Esc begins a report
const partOfBackgroundReport = /^\x1b\]1(?:1(?:;[rgba:#\da-f/]{0,30}\x1b?)?)?$/i

// oxlint-disable-next-line no-control-regex -- Esc begins a report
const deviceReport = /^\x1b\[\?[\d;]*c/

/** The report at the start of the input: `incomplete` if the rest of it is still to come, undefined if there is none. */
export const decode = (
  input: string
): { readonly length: number; readonly report?: Report } | "incomplete" | undefined => {
  const background = backgroundReport.exec(input)
  if (background !== null) {
    const isLight = isLightColor(background[1] ?? "")
    return { length: background[0].length, report: { type: "background", isLight } }
  }
  if (partOfBackgroundReport.test(input)) return "incomplete"
  const [position = "", row = "", column = ""] = positionReport.exec(input) ?? []
  if (Number(column) === minColumnsForPosition) {
    return { length: position.length, report: { type: "position", row: Number(row) - 1 } }
  }
  const device = deviceReport.exec(input)
  return device === null ? undefined : { length: device[0].length, report: { type: "device" } }
}

/** `ffff/ffff/ffff`, with one to four digits for each component, or `ffffff`. */
const isLightColor = (color: string): boolean => {
  const [red = 0, green = 0, blue = 0] = (color.includes("/") ? color.split("/") : color.match(/.{2}/g) ?? [])
    .map((digits) => Number.parseInt(digits, 16) / (16 ** digits.length - 1))
  // How bright the eye sees each component. Source: ITU-R BT.709.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5
}
