/** `altimate-code session`: the stored sessions. */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { command } from "../../command-line/commandTree.ts"
import { format } from "../../command-line/formatOption.ts"
import { load } from "../../command-line/lazy.ts"
import { argument, option } from "../../command-line/parameter.ts"

const actions = load(() => import("./sessionActions.ts"))

const id = argument(Args.text({ name: "id" }), {
  description: "The session ID, or its first characters if they are unique."
})

export const list = command("list", {
  description: "List all sessions, the most recently used first.",
  examples: [["altimate-code session list", "which sessions can be resumed"]],
  parameters: { format },
  run: ({ format }) => Effect.flatMap(actions, ({ list }) => list(format))
})

export const show = command("show", {
  description: "Print the transcript of a session.",
  examples: [["altimate-code session show 20261123 | less", "read it page by page"]],
  parameters: { id },
  run: ({ id }) => Effect.flatMap(actions, ({ print }) => print(id, "markdown"))
})

export const exportSession = command("export", {
  description: "Write a session to stdout as Markdown or JSON.",
  examples: [["altimate-code session export 20261123 --format json > session.json", "every event"]],
  parameters: {
    format: option(
      Options.choice("format", ["markdown", "json"]).pipe(Options.withDefault("markdown" as const)),
      { description: "markdown (default): the transcript; json: every line of the session's file, as an array." }
    ),
    id
  },
  run: ({ format, id }) => Effect.flatMap(actions, ({ print }) => print(id, format))
})

export const fork = command("fork", {
  description: "Copy a session, to continue it in two ways.",
  examples: [["altimate-code session fork 20261123", "prints the ID of the copy"]],
  parameters: { id },
  run: ({ id }) => Effect.flatMap(actions, ({ fork }) => fork(id))
})

export const rename = command("rename", {
  description: "Change the title of a session.",
  examples: [["altimate-code session rename 20261123 The cart", "the title in lists"]],
  parameters: {
    id,
    title: argument(Args.atLeast(Args.text({ name: "title" }), 1), { description: "The new title." })
  },
  run: ({ id, title }) => Effect.flatMap(actions, ({ rename }) => rename(id, title.join(" ")))
})

export const remove = command("delete", {
  description: "Delete a session permanently, after a question.",
  examples: [["altimate-code session delete 20261123 --yes", "delete it without a question"]],
  parameters: {
    yes: option(Options.boolean("yes").pipe(Options.withAlias("y")), {
      description: "Don't ask. Required without a terminal."
    }),
    id
  },
  run: ({ id, yes }) => Effect.flatMap(actions, ({ remove }) => remove(id, yes))
})
