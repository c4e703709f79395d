import { printable } from "@altimate-code/log/Printable"
import { ConfigError } from "../../ConfigError.ts"
import type { Origin } from "../../Origin.ts"

/** The origin as it stands at the start of a message. */
export const place = (origin: Origin): string => {
  switch (origin._tag) {
    case "File":
      return `${printable(origin.path)}:${origin.line}:${origin.column}`
    case "Inline":
      return `ALTIMATE_CLI_CONFIG_CONTENT:${origin.line}:${origin.column}`
    case "Environment":
      return origin.variable
    case "Flag":
      return origin.flag
    case "Default":
      return "default"
  }
}

/** A failure at a known place; the place becomes the start of the message and the fields of the error. */
export const failure = (
  origin: Origin,
  problem: {
    readonly reason: ConfigError["reason"]
    readonly message: string
    readonly expected?: string
    readonly found?: string
    readonly hint: string
  }
): ConfigError =>
  new ConfigError({
    ...problem,
    message: `${place(origin)}: ${problem.message}`,
    ...(origin._tag === "File" ? { path: origin.path } : {}),
    ...("line" in origin ? { line: origin.line, column: origin.column } : {})
  })
