/** `altimate-code usage`: what all sessions have used and cost. */
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { command } from "../../command-line/commandTree.ts"
import { load } from "../../command-line/lazy.ts"
import { option } from "../../command-line/parameter.ts"
import * as Since from "./since.ts"

/** A valid time at one moment is valid at any. */
const isTime = (text: string): boolean => Option.isSome(Since.parse(text, new Date(0)))

export const usage = command("usage", {
  description: "Show tokens and cost of all sessions.",
  examples: [
    ["altimate-code usage --since 7d", "each day of the last week"],
    ["altimate-code usage --since 2026-11-01 --by model", "which model costs most"],
    ["altimate-code usage --by project --format csv > usage.csv", "for a spreadsheet"]
  ],
  parameters: {
    since: option(
      Options.text("since").pipe(
        Options.withPseudoName("TIME"),
        Options.withSchema(Schema.String.pipe(Schema.filter(isTime))),
        Options.optional
      ),
      { description: "Count only since then: 24h, 7d, 2w, today, or a date.", expects: Since.forms }
    ),
    by: option(
      Options.choice("by", ["day", "month", "model", "project", "session"]).pipe(Options.withDefault("day" as const)),
      { description: "One row for each of these (default: day).", expects: "day, month, model, project or session" }
    ),
    format: option(
      Options.choice("format", ["text", "json", "csv"]).pipe(Options.withDefault("text" as const)),
      { description: "text (default): a table; json, csv: for other programs." }
    )
  },
  run: (given) => Effect.flatMap(load(() => import("./reportUsage.ts")), ({ reportUsage }) => reportUsage(given))
})
