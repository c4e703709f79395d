/** How Amazon Bedrock is reached: `provider."amazon-bedrock".options`. */
import * as Schema from "effect/Schema"
import { count, described, flag, optional, record, Whole } from "./schemas.ts"

const filled = "{env:NAME} and {file:path} are filled in."

/** A path without a file's own directory would depend on where the program is started. */
const file = (description: string) => described(`${description} A relative path starts at this file. ${filled}`)

/**
 * What a request can do without.
 * Source: the members of Converse in the Bedrock Runtime API model 2023-09-30 that are not required, without those that
 * change what the answer says.
 */
export const DropField = Schema.Literal(
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "cachePoint",
  "inferenceConfig",
  "maxTokens",
  "outputConfig",
  "performanceConfig",
  "promptVariables",
  "reasoningContent",
  "requestMetadata",
  "serviceTier",
  "status",
  "stopSequences",
  "strict",
  "temperature",
  "toolChoice",
  "topP",
  "ttl"
)

export const AuthScheme = Schema.Literal("auto", "bearer", "sigv4", "header", "none")

export const Streaming = Schema.Literal("auto", "on", "off")

export const CrossRegion = Schema.String.annotations({
  description:
    "auto: by the rules for region and model. off: IDs are sent as they are. Anything else is the prefix that is sent, without its dot: us, eu, global, …"
})

export const PrefixRule = Schema.Struct({
  regions: Schema.String.annotations({ description: "A pattern over regions, for example us-*." }),
  except: optional(Schema.Array(Schema.String).annotations({ description: "Regions that the rule leaves out." })),
  models: Schema.Array(Schema.String).annotations({
    description: "Patterns over model IDs, for example anthropic.claude-*."
  }),
  prefix: Schema.String.annotations({ description: "What is put in front of the ID, for example us.; empty: nothing." })
}).annotations({ description: "In these regions these models are sent with this prefix." })

const Limits = Schema.Struct({
  connect: count("Until a connection stands."),
  firstByte: count("Until the answer begins."),
  idle: count("Between two pieces of an answer."),
  total: optional(
    Schema.Union(Whole, Schema.Literal(false)).annotations({
      description: "For a whole request, its answer included; false: none."
    })
  )
}).annotations({ description: "In milliseconds." })

const Retry = Schema.Struct({
  total: count(
    "How long rate limits (429) and an overloaded service (503) are waited for in all, in milliseconds. A shorter time also shortens the limits of other failures."
  ),
  attempts: count("How many times a request is sent at most."),
  midAnswer: flag("false: an answer that breaks off ends the turn. Otherwise it is asked again, twice a turn at most.")
}).annotations({ description: "How a failed request is tried again." })

export const BedrockOptions = Schema.Struct({
  baseURL: described(
    "The gateway's URL (http or https), in place of Amazon's own endpoint. Its path is kept. {env:NAME} and {file:path} are filled in."
  ),
  endpoint: described("The same as baseURL. If both are set, endpoint is used."),
  region: described("The AWS region. Without it: AWS_REGION, then us-east-1."),
  profile: described(
    "The AWS profile whose credentials are used. Without it: the AWS credential chain, AWS_PROFILE included."
  ),
  proxy: described(`The URL of an HTTP proxy, in place of HTTPS_PROXY, HTTP_PROXY and ALL_PROXY. ${filled}`),
  caFile: file("Certificates (PEM) that are trusted besides the system's and Node's own."),
  clientCert: file("The client's certificate (PEM) for a gateway that asks for one (mTLS)."),
  clientKey: file("The key (PEM) of clientCert."),
  http2: flag("true: HTTP/2 to a gateway that wants it. Otherwise HTTP/1.1, which every gateway speaks."),
  allowInsecure: flag("true: a URL that begins with http:// is used although its host is not this machine."),
  timeout: optional(
    Schema.Union(
      Limits,
      Whole,
      Schema.Literal(false)
    ).annotations({
      description: "Time limits, in milliseconds. A number is the limit for a whole request; false is none."
    })
  ),
  retry: optional(Retry),
  chunkTimeout: count("The same as timeout.idle."),
  headerTimeout: optional(
    Schema.Union(Whole, Schema.Literal(false)).annotations({ description: "The same as timeout.firstByte." })
  ),
  streaming: optional(
    Streaming.annotations({
      description:
        "auto: answers are streamed, and asked for as a whole once the gateway has shown that it can't stream. on, off: always, never."
    })
  ),
  headers: optional(record(Schema.String, `HTTP headers of your own, sent with every request. ${filled}`)),
  drop: optional(
    Schema.Array(DropField).annotations({
      description: "Optional fields that are left out of requests, for a gateway that refuses them."
    })
  ),
  auth: optional(
    AuthScheme.annotations({
      description:
        "auto: a bearer token if there is one, else AWS signatures. bearer, sigv4: this alone. header: by headers of your own. none: nothing is sent."
    })
  ),
  apiKey: described(
    `A bearer token. AWS_BEARER_TOKEN_BEDROCK and a stored token are used instead where there is one. Keep it out of this file: ${filled}`
  ),
  signingService: described(
    "The service that AWS signatures are made for: execute-api, vpc-lattice-svcs or lambda for a gateway there under a name of your own. Without it: as the host's name says, else bedrock."
  ),
  tokenCommand: optional(
    Schema.Union(Schema.String, Schema.Array(Schema.String)).annotations({
      description:
        `A command that prints a bearer token, or JSON {"token", "expiresAt"}: a line for the shell, or the command and its arguments. ${filled}`
    })
  ),
  crossRegion: optional(CrossRegion),
  prefixRules: optional(
    Schema.Array(PrefixRule).annotations({ description: "Rules that are tried before the built-in ones." })
  )
}).annotations({ description: "How Amazon Bedrock is reached." })
