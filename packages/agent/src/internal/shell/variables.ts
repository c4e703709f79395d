/** Recognizes variables that can be set without changing what a command does. */
import type { Assignment } from "unbash"
import { literal, type ShellWord, shellWord } from "./words.ts"

const switches = /^[\w.,=+:-]*$/

/**
 * Variables that may be exported, with their allowed values. They select an output format or a mode, and make no program load or run
 * anything. A slash in `LANGUAGE` or `LC_ALL` would be a path to translations.
 */
const harmless: ReadonlyArray<readonly [name: RegExp, value: RegExp]> = [
  [/^(?:LANG|LANGUAGE|LC_[A-Z]+)$/, /^[\w.@:-]*$/],
  [/^TZ$/, /^(?:[A-Za-z][\w+-]*(?:\/[A-Za-z][\w+-]*){0,2}|[A-Z]{3,5}[+-]?\d{1,2}(?:[A-Z]{3,5})?)?$/],
  [/^(?:COLUMNS|LINES)$/, /^\d*$/],
  [/^(?:CI|DEBUG|NO_COLOR|FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE|NODE_ENV|NODE_NO_WARNINGS)$/, switches],
  [/^(?:RUST_BACKTRACE|RUST_LOG|CARGO_TERM_COLOR|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE)$/, switches],
  [/^(?:CGO_ENABLED|GOOS|GOARCH)$/, switches]
]

/**
 * Variables of the shell (bash 5.3, "Shell Variables") and those that programs read. No program sees any other variable unless it is in the
 * environment already or is exported.
 */
const meaningful = new RegExp(
  `^(?:_|${
    ("BASH.* CHILD_MAX COLUMNS COMP_.* COMPREPLY COPROC DIRSTACK EMACS ENV EPOCH.* EUID EXECIGNORE FCEDIT FIGNORE FUNC.* " +
      "GLOB.* GROUPS HIST.* HOME HOST.* IFS IGNOREEOF INPUTRC INSIDE_EMACS LANG.* LC_.* LINENO LINES MACHTYPE MAIL.* MAPFILE " +
      "OLDPWD OPT.* OSTYPE PATH CDPATH PIPESTATUS POSIX.* PPID PROMPT_.* PS\\d PWD RANDOM READLINE_.* REPLY SECONDS SHELL SHELLOPTS " +
      "SHLVL SRANDOM TERM.* TEXTDOMAIN.* TIMEFORMAT TMOUT TMPDIR TZ UID USER auto_resume histchars " +
      "XDG_.* GIT_.* LD_.* DYLD_.* [Nn][Pp][Mm]_[Cc][Oo][Nn][Ff][Ii][Gg]_.*").replaceAll(" ", "|")
  })$`
)

const isHarmless = (name: string, value: string | undefined): boolean =>
  value !== undefined && harmless.some(([names, values]) => names.test(name) && values.test(value))

/** Whether setting this variable to any value has no effect on the shell and on other programs. */
export const isPlainName = (name: string | undefined, environment: ReadonlySet<string>): boolean =>
  name !== undefined && /^[A-Za-z_]\w*$/.test(name) && !meaningful.test(name) && !environment.has(name)

/** Whether an assignment may be exported, as in `CI=1 npm test`. */
export const isHarmlessExport = ({ literal }: ShellWord): boolean => {
  const equals = literal?.indexOf("=") ?? -1
  return equals !== -1 && isHarmless(literal!.slice(0, equals), literal!.slice(equals + 1))
}

/** Whether a variable may be exported with some values. */
export const isHarmlessName = (name: string): boolean => harmless.some(([names]) => names.test(name))

/** Whether a standalone assignment such as `x=1` is harmless. Arithmetic in an array index is not analyzed. */
export const isHarmlessAssignment = (assignment: Assignment, environment: ReadonlySet<string>): boolean =>
  (assignment.index === undefined || /^\d+$/.test(literal(assignment.index) ?? "")) &&
  (isPlainName(assignment.name, environment) || isHarmlessExport(shellWord(assignment)))
