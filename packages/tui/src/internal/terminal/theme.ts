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
}

const make = (palette: Palette): Theme => ({
  colors: true,
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
  name: 94
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
  name: 34
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
  name: 36
})

/** No escape codes at all. */
export const plain: Theme = {
  colors: false,
  text: unstyled,
  dim: unstyled,
  accent: unstyled,
  strong: unstyled,
  emphasis: unstyled,
  strike: unstyled,
  code: unstyled,
  added: unstyled,
  removed: unstyled,
  error: unstyled,
  warning: unstyled,
  heading: unstyled,
  link: unstyled,
  keyword: unstyled,
  literal: unstyled,
  name: unstyled
}

/** Chooses by `NO_COLOR` (https://no-color.org) and by `COLORFGBG` (`foreground;background`), which some terminals set. */
export const chooseTheme = (
  environment: { readonly noColor: boolean; readonly colorfgbg: string | undefined }
): Theme => {
  if (environment.noColor) return plain
  const background = environment.colorfgbg?.split(";").at(-1) ?? ""
  if (!/^\d{1,2}$/.test(background)) return neutral
  return [7, 9, 10, 11, 12, 13, 14, 15].includes(Number(background)) ? light : dark
}
