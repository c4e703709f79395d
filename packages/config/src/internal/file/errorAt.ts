import { ConfigError } from "../../ConfigError.ts"
import { type Origin, position } from "../../Origin.ts"

/** An error whose message begins with the position, which also fills the error's fields. */
export const errorAt = (
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
    message: `${position(origin)}: ${problem.message}`,
    ...(origin._tag === "File" ? { path: origin.path } : {}),
    ...("line" in origin ? { line: origin.line, column: origin.column } : {})
  })
