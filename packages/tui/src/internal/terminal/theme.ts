/** The meaning of a piece of text, from which a theme derives its color. */
export type Role =
  | "text"
  | "dim"
  | "accent"
  | "strong"
  | "emphasis"
  | "strike"
  | "code"
  | "added"
  | "removed"
  | "addedLine"
  | "removedLine"
  | "addedWord"
  | "removedWord"
  | "error"
  | "warning"
  | "heading"
  | "link"
  | "keyword"
  | "literal"
  | "name"

/** Styles a single line of text for each role. Styles must not be nested; `themedText` combines several on one span. */
export interface Theme extends Readonly<Record<Role, (text: string) => string>> {
  readonly colors: boolean
  /** Whether code on an added or removed line has its own colors. */
  readonly highlightsChanges: boolean
}

type Codes = readonly [open: string, close: string]

const bold: Codes = ["1", "22"]
const underlined: Codes = ["4", "24"]
const color = (code: number): Codes => [String(code), "39"]
const combine = (a: Codes, b: Codes): Codes => [`${a[0]};${b[0]}`, `${a[1]};${b[1]}`]
const style = ([open, close]: Codes) => (text: string): string =>
  text === "" ? "" : `\x1b[${open}m${text}\x1b[${close}m`
const unstyled = (text: string): string => text

interface Palette {
  readonly accent: number
  readonly code: number
  readonly added: number
  readonly removed: number
  readonly error: number
  readonly warning: number
  readonly heading: number
  readonly link: number
  readonly keyword: number
  readonly literal: number
  readonly name: number
  readonly changes: Pick<Theme, "addedLine" | "addedWord" | "removedLine" | "removedWord" | "highlightsChanges">
}

const make = (palette: Palette): Theme => ({
  colors: true,
  ...palette.changes,
  text: unstyled,
  dim: style(["2", "22"]),
  accent: style(color(palette.accent)),
  strong: style(bold),
  emphasis: style(["3", "23"]),
  strike: style(["9", "29"]),
  code: style(color(palette.code)),
  added: style(color(palette.added)),
  removed: style(color(palette.removed)),
  error: style(color(palette.error)),
  warning: style(color(palette.warning)),
  heading: style(combine(bold, color(palette.heading))),
  link: style(combine(underlined, color(palette.link))),
  keyword: style(color(palette.keyword)),
  literal: style(color(palette.literal)),
  name: style(color(palette.name))
})

/** Backgrounds are from the 256 colors: those of the 16 would be too bright. */
const background = (code: number): Codes => [`48;5;${code}`, "49"]
/** For an unknown background, the text on a background of our own needs a color of our own, too. */
const whiteOn = (code: number): Codes => [`97;48;5;${code}`, "39;49"]
const word = (codes: Codes) => style(combine(bold, codes))

/** For a dark background: the bright half of the 16 colors. */
export const dark: Theme = make({
  accent: 96,
  code: 96,
  added: 92,
  removed: 91,
  error: 91,
  warning: 93,
  heading: 96,
  link: 94,
  keyword: 95,
  literal: 92,
  name: 94,
  changes: {
    addedLine: style(background(22)),
    removedLine: style(background(52)),
    addedWord: word(background(28)),
    removedWord: word(background(88)),
    highlightsChanges: true
  }
})

/** For a light background: the dark half of the 16 colors, without yellow and cyan. */
export const light: Theme = make({
  accent: 34,
  code: 34,
  added: 32,
  removed: 31,
  error: 31,
  warning: 35,
  heading: 34,
  link: 34,
  keyword: 35,
  literal: 32,
  name: 34,
  changes: {
    addedLine: style(background(194)),
    removedLine: style(background(224)),
    addedWord: word(background(157)),
    removedWord: word(background(217)),
    highlightsChanges: true
  }
})

/** For an unknown background: without yellow, which is unreadable on white, and blue, which is unreadable on black. */
export const neutral: Theme = make({
  accent: 36,
  code: 36,
  added: 32,
  removed: 31,
  error: 31,
  warning: 35,
  heading: 36,
  link: 36,
  keyword: 35,
  literal: 32,
  name: 36,
  changes: {
    addedLine: style(whiteOn(22)),
    removedLine: style(whiteOn(52)),
    addedWord: word(whiteOn(28)),
    removedWord: word(whiteOn(88)),
    highlightsChanges: false
  }
})

/** No escape codes at all. */
export const plain: Theme = {
  colors: false,
  highlightsChanges: false,
  text: unstyled,
  dim: unstyled,
  accent: unstyled,
  strong: unstyled,
  emphasis: unstyled,
  strike: unstyled,
  code: unstyled,
  added: unstyled,
  removed: unstyled,
  addedLine: unstyled,
  removedLine: unstyled,
  addedWord: unstyled,
  removedWord: unstyled,
  error: unstyled,
  warning: unstyled,
  heading: unstyled,
  link: unstyled,
  keyword: unstyled,
  literal: unstyled,
  name: unstyled
}

const inverse = style(["7", "27"])

/** Only the terminal's own text and background color, with bold, underlined and inverse text. Nothing is dim. */
export const highContrast: Theme = {
  ...plain,
  colors: true,
  accent: style(bold),
  strong: style(bold),
  emphasis: style(underlined),
  strike: style(["9", "29"]),
  code: style(bold),
  added: style(bold),
  removed: style(bold),
  addedWord: inverse,
  removedWord: inverse,
  error: style(combine(bold, underlined)),
  warning: style(bold),
  heading: style(combine(bold, underlined)),
  link: style(underlined)
}

/** What the configuration asks for. */
export type ThemeName = "auto" | "light" | "dark" | "high-contrast"

/**
 * Chooses by `NO_COLOR` (https://no-color.org), the configuration, the terminal's own answer (`isLight`), and `COLORFGBG`
 * (`foreground;background`), which some terminals set.
 */
export const chooseTheme = ({ colorfgbg, isLight, name = "auto", noColor }: {
  readonly noColor: boolean
  readonly name?: ThemeName
  readonly isLight?: boolean
  readonly colorfgbg: string | undefined
}): Theme => {
  if (noColor) return plain
  if (name !== "auto") return { light, dark, "high-contrast": highContrast }[name]
  if (isLight !== undefined) return isLight ? light : dark
  const background = colorfgbg?.split(";").at(-1) ?? ""
  if (!/^\d{1,2}$/.test(background)) return neutral
  return [7, 9, 10, 11, 12, 13, 14, 15].includes(Number(background)) ? light : dark
}
