/**
 * What this program uses of a configuration file, as a Schema: the types that are checked, the names that are known,
 * and the JSON Schema for editors all come from here.
 *
 * @since 0.1.0
 */
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

const described = (description: string) => optional(Schema.String.annotations({ description }))

const AmazonBedrockOptions = Schema.Struct({
  baseURL: described(
    "The gateway's URL (http or https), in place of Amazon's own endpoint. Its path is kept. {env:NAME} and {file:path} are filled in."
  ),
  endpoint: described("The same as baseURL. If both are set, endpoint is used."),
  region: described("The AWS region. Without it: AWS_REGION, then us-east-1."),
  profile: described(
    "The AWS profile whose credentials are used. Without it: the AWS credential chain, AWS_PROFILE included."
  )
}).annotations({ description: "How Amazon Bedrock is reached." })

const AmazonBedrock = Schema.Struct({
  options: optional(AmazonBedrockOptions)
}).annotations({ description: "Amazon Bedrock, or a gateway in front of it." })

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
  )
}).annotations({ title: "altimate-code", description: "Configuration of altimate-code (altimate-code.json)." })

/**
 * @since 0.1.0
 * @category models
 */
export type ConfigFile = typeof ConfigFile.Type

const options = (name: keyof typeof AmazonBedrockOptions.Type) =>
  ["provider", "amazon-bedrock", "options", name] as const

/**
 * Where the settings stand in the file. In these, and in no other value, `{env:NAME}` and `{file:path}` are filled in.
 *
 * @since 0.1.0
 * @category models
 */
export const paths = {
  model: ["model"],
  baseURL: options("baseURL"),
  endpoint: options("endpoint"),
  region: options("region"),
  profile: options("profile")
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
