/** The schema of `provider."amazon-bedrock".options`. */
import * as Schema from "effect/Schema"
import { requestFields } from "./requestFields.ts"
import { count, dollars, flag, optional, record, text, Whole } from "./schemas.ts"

const placeholders = "{env:NAME} and {file:path} are replaced."

/** Relative to the file: otherwise a path would depend on the working directory. */
const file = (description: string) => text(`${description} A relative path is relative to this file. ${placeholders}`)

/**
 * The fields that can be left out of a request.
 * Source: the optional members of Converse in the Bedrock Runtime API model 2023-09-30, except those that change the meaning of the answer; and the
 * models' own fields that control thinking: `thinking`, its member `display`, `output_config`, `reasoningConfig` and `reasoning_effort`; and
 * Claude's `anthropic_beta`.
 */
export const dropFields = [
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "anthropic_beta",
  "cachePoint",
  "display",
  "guardrailConfig",
  "inferenceConfig",
  "maxTokens",
  "outputConfig",
  "output_config",
  "performanceConfig",
  "promptVariables",
  "reasoningConfig",
  "reasoningContent",
  "reasoning_effort",
  "requestMetadata",
  "serviceTier",
  "status",
  "stopSequences",
  "strict",
  "temperature",
  "thinking",
  "toolChoice",
  "topP",
  "ttl"
] as const

const dropField = () => Schema.Literal(...dropFields)

const authScheme = () => Schema.Literal("auto", "bearer", "sigv4", "header", "none")
export type AuthScheme = ReturnType<typeof authScheme>["Type"]

const streaming = () => Schema.Literal("auto", "on", "off")
export type Streaming = ReturnType<typeof streaming>["Type"]

export const crossRegion = () =>
  Schema.String.annotations({
    description:
      "auto: use the rules for region and model. off: send IDs unchanged. Anything else: always use this prefix, written without its dot: us, eu, global, …"
  })

const prefixRule = () =>
  Schema.Struct({
    regions: Schema.String.annotations({ description: "A pattern for regions, for example us-*." }),
    except: optional(() => Schema.Array(Schema.String).annotations({ description: "Regions that the rule excludes." })),
    models: Schema.Array(Schema.String).annotations({
      description: "Patterns for model IDs, for example anthropic.claude-*."
    }),
    prefix: Schema.String.annotations({ description: "The text to put before the ID, for example us.; empty: none." })
  }).annotations({ description: "In these regions, these models are sent with this prefix." })
export type PrefixRule = ReturnType<typeof prefixRule>["Type"]

const limits = () =>
  Schema.Struct({
    connect: count("Time limit for connecting."),
    firstByte: count("Time limit for the beginning of the response."),
    idle: count("Time limit between two parts of a response."),
    total: optional(() =>
      Schema.Union(Whole, Schema.Literal(false)).annotations({
        description: "Time limit for a whole request, including its response; false: none."
      })
    )
  }).annotations({ description: "Time limits in milliseconds." })

const retry = () =>
  Schema.Struct({
    total: count(
      "Total time to wait for rate limits (429) and an overloaded service (503), in milliseconds. A shorter time also shortens the limits for other failures."
    ),
    attempts: count("The maximum number of times that a request is sent."),
    midAnswer: flag(
      "false: an answer that is cut off ends the turn. Otherwise the request is retried, at most twice per turn."
    )
  }).annotations({ description: "How failed requests are retried." })

export const bedrockFields = {
  baseURL: text(
    "The gateway's URL (http or https), instead of Amazon's own endpoint. Its path is kept. {env:NAME} and {file:path} are replaced."
  ),
  endpoint: text("Same as baseURL. If both are set, endpoint takes precedence."),
  region: text("The AWS region. Default: AWS_REGION, then us-east-1."),
  profile: text(
    "The AWS profile whose credentials are used. Default: the AWS credential chain, including AWS_PROFILE."
  ),
  proxy: text(`The URL of an HTTP proxy, instead of HTTPS_PROXY, HTTP_PROXY and ALL_PROXY. ${placeholders}`),
  caFile: file("Certificates (PEM) to trust in addition to the system's and Node's own."),
  clientCert: file("The client certificate (PEM) for a gateway that requires one (mTLS)."),
  clientKey: file("The key (PEM) for clientCert."),
  http2: flag("true: use HTTP/2, for a gateway that requires it. Otherwise HTTP/1.1, which every gateway speaks."),
  allowInsecure: flag("true: allow http:// URLs for hosts other than this machine."),
  timeout: optional(() =>
    Schema.Union(
      limits(),
      Whole,
      Schema.Literal(false)
    ).annotations({
      description: "Time limits in milliseconds. A number is the limit for a whole request; false means none."
    })
  ),
  retry: optional(retry),
  chunkTimeout: count("Same as timeout.idle."),
  headerTimeout: optional(() =>
    Schema.Union(Whole, Schema.Literal(false)).annotations({ description: "Same as timeout.firstByte." })
  ),
  streaming: optional(() =>
    streaming().annotations({
      description: "auto: stream answers, unless the gateway has shown that it can't. on: always. off: never."
    })
  ),
  headers: optional(() => record(Schema.String, `Additional HTTP headers for every request. ${placeholders}`)),
  drop: optional(() =>
    Schema.Array(dropField()).annotations({
      description: "Optional fields to leave out of requests, for a gateway that rejects them."
    })
  ),
  auth: optional(() =>
    authScheme().annotations({
      description:
        "auto: a bearer token if there is one, else AWS signatures. bearer, sigv4: only this. header: your own headers. none: no credential is sent."
    })
  ),
  apiKey: text(
    `A bearer token. AWS_BEARER_TOKEN_BEDROCK and a stored token take precedence. Keep the token itself out of this file: ${placeholders}`
  ),
  signingService: text(
    "The service name in AWS signatures: execute-api, vpc-lattice-svcs or lambda for a gateway there that has your own host name. Default: taken from the host name, else bedrock."
  ),
  tokenCommand: optional(() =>
    Schema.Union(Schema.String, Schema.Array(Schema.String)).annotations({
      description:
        `A command that prints a bearer token, or JSON {"token", "expiresAt"}: a shell command line, or a program and its arguments. ${placeholders}`
    })
  ),
  maxCost: dollars(
    "The most that a session may cost, in US dollars. Once it is reached, no further request of the session is sent."
  ),
  crossRegion: optional(crossRegion),
  fallback: text("The model to offer on the screen when the selected one is overloaded."),
  prefixRules: optional(() =>
    Schema.Array(prefixRule()).annotations({ description: "Rules to try before the built-in ones." })
  ),
  ...requestFields
}

export const bedrockOptions = () =>
  Schema.Struct(bedrockFields).annotations({ description: "How Amazon Bedrock is reached, and what is sent to it." })
