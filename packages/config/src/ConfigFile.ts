/**
 * What this program uses of a configuration file, as a Schema: the types that are checked, the names that are known,
 * and the JSON Schema for editors all come from here.
 *
 * @since 0.1.0
 */
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import { BedrockOptions, CrossRegion } from "./internal/schema/bedrockOptions.ts"
import { count, described, optional, record, tokens } from "./internal/schema/schemas.ts"

const price = (description: string) =>
  optional(Schema.Number.pipe(Schema.nonNegative({ title: "a number that is not negative", description })))

const Model = Schema.Struct({
  name: described("What the model is called on the screen."),
  id: described(
    "What is sent for this name: a model ID, an inference profile's ID or ARN. {env:NAME} and {file:path} are filled in."
  ),
  baseModel: described(
    "The model behind id, for example anthropic.claude-sonnet-4-6: its capabilities, limits and price apply."
  ),
  crossRegion: optional(CrossRegion),
  limit: optional(
    Schema.Struct({
      context: tokens("The tokens that fit into the context window."),
      output: tokens("The tokens that an answer may have.")
    }).annotations({ description: "What the model can take. It goes before what is known of the model." })
  ),
  cost: optional(
    Schema.Struct({
      input: price("Of tokens that are sent."),
      output: price("Of tokens that are answered."),
      cache_read: price("Of tokens that are read from the prompt cache."),
      cache_write: price("Of tokens that are written to the prompt cache.")
    }).annotations({ description: "US dollars per million tokens." })
  )
}).annotations({ description: "What is known of one model." })

const AmazonBedrock = Schema.Struct({
  options: optional(BedrockOptions),
  models: optional(record(Model, "Models by the ID that they are configured with."))
}).annotations({ description: "Amazon Bedrock, or a gateway in front of it." })

const Verdict = Schema.Literal("allow", "ask", "deny")

const Permission = Schema.Union(
  Verdict,
  record(
    Schema.Union(Verdict, record(Verdict, "A verdict for each pattern; the longest one that matches counts.")),
    "By tool: a verdict, or patterns with theirs. \"*\" is any tool that has no rule of its own."
  )
).annotations({ description: "Which tool calls may run, which are asked for, and which are refused." })

const filled = "{env:NAME}, ${NAME}, ${NAME:-default} and {file:path} are filled in."

const Command = Schema.Union(Schema.String, Schema.Array(Schema.String))

const McpServer = Schema.Struct({
  type: optional(
    Schema.Literal("local", "remote", "stdio", "http", "streamable-http", "streamableHttp", "sse").annotations({
      description:
        "local or stdio: a command on this machine. remote, http or sse: a URL. Without it: by command or url."
    })
  ),
  command: optional(
    Command.annotations({ description: `The command of a local server with its arguments. ${filled}` })
  ),
  args: optional(Schema.Array(Schema.String).annotations({ description: "More arguments of the command." })),
  environment: optional(record(Schema.String, `Environment variables of a local server. ${filled}`)),
  env: optional(record(Schema.String, "The same as environment.")),
  url: described(`The URL of a remote server. ${filled}`),
  headers: optional(record(Schema.String, `HTTP headers for a remote server. ${filled}`)),
  headersCommand: optional(
    Schema.Union(Command, record(Command, "By header: a command that prints its value.")).annotations({
      description:
        `A command that prints headers for a remote server, as JSON or in lines, or a command for each header. ${filled}`
    })
  ),
  headersHelper: optional(Command.annotations({ description: "The same as headersCommand." })),
  enabled: optional(Schema.Boolean.annotations({ description: "false: the server is not used." })),
  disabled: optional(Schema.Boolean.annotations({ description: "true: the server is not used." })),
  timeout: count("How long the server may take to start, in milliseconds.")
}).annotations({ description: "An MCP server, or what is different about one that another file describes." })

/**
 * The configuration file. Unknown names are allowed everywhere and ignored; under `provider`, other providers' entries
 * are none of this program's business.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ConfigFile = Schema.Struct({
  $schema: described("Where an editor finds the JSON Schema of this file."),
  model: described(
    "The model to use: amazon-bedrock/ and then a model ID, an inference profile's ID or ARN, or a gateway's own name."
  ),
  provider: optional(
    Schema.Struct(
      { "amazon-bedrock": optional(AmazonBedrock) },
      Schema.Record({
        key: Schema.String,
        value: Schema.Unknown.annotations({
          title: "another provider",
          description: "Settings that are not looked at."
        })
      })
    ).annotations({ description: "Settings of each provider, by the provider's ID." })
  ),
  permission: optional(Permission),
  mcp: optional(record(McpServer, "MCP servers, by a name of your own; their tools are added to the built-in ones.")),
  mcpServers: optional(record(McpServer, "The same as mcp.")),
  instructions: optional(
    Schema.Array(Schema.String).annotations({
      description:
        "Files whose text is put before the model, besides AGENTS.md: paths or globs, from the project's root."
    })
  )
}).annotations({ title: "altimate-code", description: "Configuration of altimate-code (altimate-code.json)." })

/**
 * @since 0.1.0
 * @category models
 */
export type ConfigFile = typeof ConfigFile.Type

/** Where the options of Amazon Bedrock stand. */
export const options = <Name extends keyof typeof BedrockOptions.Type>(name: Name) =>
  ["provider", "amazon-bedrock", "options", name] as const

/**
 * Where the settings of the connection stand that are one text. In these, and in the texts of `options.headers`,
 * `options.tokenCommand`, a model's `id`, and an MCP server's command, environment, URL and headers, `{env:NAME}` and
 * `{file:path}` are filled in.
 *
 * @since 0.1.0
 * @category models
 */
export const paths = {
  model: ["model"],
  baseURL: options("baseURL"),
  endpoint: options("endpoint"),
  region: options("region"),
  profile: options("profile"),
  apiKey: options("apiKey"),
  proxy: options("proxy"),
  caFile: options("caFile"),
  clientCert: options("clientCert"),
  clientKey: options("clientKey"),
  crossRegion: options("crossRegion")
} as const

/**
 * The JSON Schema (draft 7) for editors, as the text of a file. Additional properties are allowed, as in `ConfigFile`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const jsonSchema = (): string => {
  const schema = JSONSchema.fromAST(ConfigFile.ast, { definitions: {}, additionalPropertiesStrategy: "allow" })
  return `${JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", ...schema }, null, 2)}\n`
}
