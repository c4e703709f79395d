/**
 * The schema of the configuration file. Type checks, the list of known settings and the JSON Schema for editors are derived from it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { type bedrockFields, bedrockOptions, crossRegion } from "./internal/schema/bedrockOptions.ts"
import { effort, modelOptions } from "./internal/schema/requestFields.ts"
import { count, optional, record, text, tokens } from "./internal/schema/schemas.ts"

const price = (description: string) =>
  optional(() => Schema.Number.pipe(Schema.nonNegative({ title: "a number that is not negative", description })))

const model = () =>
  Schema.Struct({
    name: text("The model's name on the screen."),
    id: text(
      "The ID to send for this model: a model ID, or the ID or ARN of an inference profile. {env:NAME} and {file:path} are replaced."
    ),
    baseModel: text(
      "The underlying model, for example anthropic.claude-sonnet-4-6, whose capabilities, limits and price apply."
    ),
    crossRegion: optional(crossRegion),
    limit: optional(() =>
      Schema.Struct({
        context: tokens("The size of the context window in tokens."),
        output: tokens("The maximum length of an answer in tokens.")
      }).annotations({ description: "The model's limits. They override those in the catalog." })
    ),
    cost: optional(() =>
      Schema.Struct({
        input: price("The price of input tokens."),
        output: price("The price of output tokens."),
        cache_read: price("The price of tokens read from the prompt cache."),
        cache_write: price("The price of tokens written to the prompt cache."),
        cache_write_1h: price(
          "The price of tokens written to the prompt cache for an hour. Default: twice the price of input tokens."
        )
      }).annotations({ description: "US dollars per million tokens." })
    ),
    effort: optional(() => effort().annotations({ description: "Same as options.effort." })),
    headers: optional(() => record(Schema.String, "Same as options.headers.")),
    options: optional(modelOptions)
  }).annotations({ description: "Settings of a model." })

const amazonBedrock = () =>
  Schema.Struct({
    options: optional(bedrockOptions),
    models: optional(() => record(model(), "Models by their configured ID."))
  }).annotations({ description: "Amazon Bedrock, or a gateway in front of it." })

const verdict = () => Schema.Literal("allow", "ask", "deny")

/**
 * The mode in which the model starts: how much it may do without asking.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Mode = Schema.Literal("ask", "accept-edits", "plan").annotations({
  description:
    "The mode to start in. ask: the rules decide. accept-edits: edits in the project need no approval. plan: only reading and searching."
})
/**
 * @since 0.1.0
 * @category models
 */
export type Mode = typeof Mode.Type

/** Effect's Schema would check `mode` as a rule, too. In JSON Schema, the setting itself is no additional property anyway: `jsonSchema` is empty. */
const ruleName = () => Schema.String.pipe(Schema.filter((name) => name !== "mode", { jsonSchema: {} }))

type Verdict = Schema.Schema.Type<ReturnType<typeof verdict>>

/** Written as an intersection: in one object type, `mode` would have to be a rule, and strict compilers would refuse the declarations of this file. */
type PermissionValue =
  | Verdict
  | ({ readonly mode?: Mode } & { readonly [tool: string]: Verdict | { readonly [pattern: string]: Verdict } })

const permission = () =>
  Schema.Union(
    verdict(),
    Schema.Struct(
      { mode: optional(() => Mode) },
      Schema.Record({
        key: ruleName(),
        value: Schema.Union(
          verdict(),
          record(verdict(), "A verdict for each pattern; the longest matching pattern applies.")
        )
      })
    ).annotations({
      description: "For each tool, a verdict, or patterns with verdicts. \"*\" is any tool without its own rule."
    })
  ).annotations({
    description: "Which tool calls run, which need the user's approval, and which are denied."
  }) as Schema.Schema<PermissionValue>

const placeholders = "{env:NAME}, ${NAME}, ${NAME:-default} and {file:path} are replaced."

const command = () => Schema.Union(Schema.String, Schema.Array(Schema.String))

const mcpServer = () =>
  Schema.Struct({
    type: optional(() =>
      Schema.Literal("local", "remote", "stdio", "http", "streamable-http", "streamableHttp", "sse").annotations({
        description:
          "local or stdio: a command on this machine. remote, http or sse: a URL. Default: depends on whether command or url is set."
      })
    ),
    command: optional(() =>
      command().annotations({ description: `The command of a local server, with its arguments. ${placeholders}` })
    ),
    args: optional(() => Schema.Array(Schema.String).annotations({ description: "More arguments for the command." })),
    environment: optional(() => record(Schema.String, `Environment variables of a local server. ${placeholders}`)),
    env: optional(() => record(Schema.String, "Same as environment.")),
    url: text(`The URL of a remote server. ${placeholders}`),
    headers: optional(() => record(Schema.String, `HTTP headers for a remote server. ${placeholders}`)),
    headersCommand: optional(() =>
      Schema.Union(command(), record(command(), "For each header, a command that prints its value.")).annotations({
        description:
          `A command that prints headers for a remote server, as JSON or one per line, or a command for each header. ${placeholders}`
      })
    ),
    headersHelper: optional(() => command().annotations({ description: "Same as headersCommand." })),
    enabled: optional(() => Schema.Boolean.annotations({ description: "false: the server is not used." })),
    disabled: optional(() => Schema.Boolean.annotations({ description: "true: the server is not used." })),
    timeout: count("Time limit for starting the server, in milliseconds.")
  }).annotations({ description: "An MCP server, or changes to one that another file configures." })

const notification = () =>
  Schema.Union(
    Schema.Literal("off", "bell", "osc9", "osc777"),
    Schema.Struct({
      command: Schema.NonEmptyArray(Schema.String).annotations({
        description: "A program and its arguments. It gets the text as one more argument, and has ten seconds."
      })
    })
  ).annotations({
    description:
      "How you are alerted when the assistant asks or is done and its window is in the background: the terminal's bell "
      + "(default), a notification of the terminal (osc9 or osc777, depending on the terminal), a program, or off."
  })

/**
 * The colors of the screen.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Theme = Schema.Literal("auto", "light", "dark", "high-contrast")
/**
 * @since 0.1.0
 * @category models
 */
export type Theme = typeof Theme.Type

const key = (description: string) =>
  optional(() =>
    Schema.Union(Schema.String, Schema.Literal(false), Schema.Array(Schema.String)).annotations({ description })
  )

const keybinds = () =>
  Schema.Struct({
    leader: key("The key that begins a sequence, <leader> in the others. Default: ctrl+x."),
    app_exit: key("Quit, if the prompt is empty. Ctrl-C always quits."),
    editor_open: key("Edit the prompt in $VISUAL or $EDITOR."),
    session_interrupt: key("Stop the turn or the command."),
    agent_cycle: key("Next mode."),
    agent_cycle_reverse: key("Next mode."),
    tool_details: key("Show all tool output and the model's reasoning."),
    terminal_suspend: key("Suspend; the shell's fg resumes."),
    session_new: key("Start a new session."),
    session_list: key("Resume an earlier session."),
    session_fork: key("Copy the session and continue in the copy. In the list of sessions: copy the selected one."),
    session_rename: key("In the list of sessions: rename the selected one. Default: ctrl+r."),
    session_delete: key("In the list of sessions: delete the selected one, after a question. Default: ctrl+d."),
    session_compact: key("Summarize older messages."),
    session_export: key("Save the session as a Markdown file."),
    model_list: key("Switch to another model."),
    variant_list: key("Change how much the model thinks."),
    status_view: key("Show the settings in use."),
    messages_undo: key("Undo the last turn."),
    messages_copy: key("Copy the last answer to the clipboard."),
    help_show: key("Show commands and keys."),
    input_submit: key("Send the prompt."),
    input_newline: key("Start a new line."),
    input_paste: key("Attach the picture on the clipboard."),
    input_clear: key("Clear the prompt."),
    input_undo: key("Undo the last change of the prompt."),
    history_previous: key("Earlier prompt."),
    history_next: key("Later prompt."),
    input_move_up: key("Move the cursor up."),
    input_move_down: key("Move the cursor down."),
    input_move_left: key("Move the cursor left."),
    input_move_right: key("Move the cursor right."),
    input_line_home: key("Move to the start of the line."),
    input_line_end: key("Move to the end of the line."),
    input_word_backward: key("Move to the start of the word."),
    input_word_forward: key("Move to the end of the word."),
    input_backspace: key("Delete the character before the cursor."),
    input_delete: key("Delete the character after the cursor."),
    input_delete_word_backward: key("Delete the word before the cursor."),
    input_delete_word_forward: key("Delete the word after the cursor."),
    input_delete_to_line_start: key("Delete to the start of the line."),
    input_delete_to_line_end: key("Delete to the end of the line.")
  }).annotations({
    description:
      "Keys of the screen by action, as in opencode: \"ctrl+x\", \"alt+return\", \"<leader>n\", alternatives separated by commas, \"none\" for no key."
  })

/**
 * The configuration file. Unknown settings are allowed everywhere and ignored, and so are other providers under `provider`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ConfigFile = Schema.Struct({
  $schema: text("The JSON Schema of this file, for editors."),
  model: text(
    "The model to use: amazon-bedrock/ followed by a model ID, the ID or ARN of an inference profile, or a gateway's own name."
  ),
  small_model: text(
    "A cheaper model for summaries and session titles. Default: the model writes summaries, and titles are the first prompt."
  ),
  provider: optional(() =>
    Schema.Struct(
      { "amazon-bedrock": optional(amazonBedrock) },
      Schema.Record({
        key: Schema.String,
        value: Schema.Unknown.annotations({
          title: "another provider",
          description: "Settings that are ignored."
        })
      })
    ).annotations({ description: "Settings of each provider, by its ID." })
  ),
  permission: optional(permission),
  mcp: optional(() =>
    record(mcpServer(), "MCP servers, by a name of your choice. Their tools are added to the built-in ones.")
  ),
  mcpServers: optional(() => record(mcpServer(), "Same as mcp.")),
  notification: optional(notification),
  keybinds: optional(keybinds),
  theme: optional(() =>
    Schema.Union(Theme, Schema.String).annotations({
      description:
        "The colors of the screen. auto (default): for the terminal's own background. Names of other tools' themes count as auto."
    })
  ),
  instructions: optional(() =>
    Schema.Array(Schema.String).annotations({
      description:
        "Files whose text the model gets in addition to AGENTS.md: paths or globs, relative to the project's root."
    })
  )
})

/**
 * @since 0.1.0
 * @category models
 */
export type ConfigFile = typeof ConfigFile.Type

/** The path of an option of Amazon Bedrock. */
export const options = <Name extends keyof typeof bedrockFields>(name: Name) =>
  ["provider", "amazon-bedrock", "options", name] as const

/**
 * The paths of the connection's text settings. `{env:NAME}` and `{file:path}` are replaced in these, and in `options.headers`,
 * `options.tokenCommand`, the ID and version of a guardrail, request metadata, a model's `id` and headers, and an MCP server's command,
 * environment, URL and headers.
 *
 * @since 0.1.0
 * @category models
 */
export const paths = {
  model: ["model"],
  smallModel: ["small_model"],
  baseURL: options("baseURL"),
  endpoint: options("endpoint"),
  region: options("region"),
  profile: options("profile"),
  apiKey: options("apiKey"),
  proxy: options("proxy"),
  caFile: options("caFile"),
  clientCert: options("clientCert"),
  clientKey: options("clientKey"),
  crossRegion: options("crossRegion"),
  fallback: options("fallback")
} as const
