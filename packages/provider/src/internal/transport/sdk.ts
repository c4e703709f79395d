/** The seam to the AWS SDK: loaded at the first request, and told everything that it would otherwise look up. */
import type {
  BedrockRuntimeClient,
  BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand
} from "@aws-sdk/client-bedrock-runtime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { BedrockError } from "../../BedrockError.ts"
import type { SigningScope } from "../../SigningScope.ts"
import { type CustomHeaders, customHeaders } from "../identity/customHeaders.ts"
import { describe, type Identity } from "../identity/identity.ts"

/** What is used of the SDK. */
export interface Sdk {
  readonly BedrockRuntimeClient: typeof BedrockRuntimeClient
  readonly ConverseCommand: typeof ConverseCommand
  readonly ConverseStreamCommand: typeof ConverseStreamCommand
}

/** `import()` keeps the SDK out of every start that makes no request. */
export const load: Effect.Effect<Sdk, BedrockError> = Effect.tryPromise({
  try: async () => {
    const bedrock = await import("@aws-sdk/client-bedrock-runtime")
    return {
      BedrockRuntimeClient: bedrock.BedrockRuntimeClient,
      ConverseCommand: bedrock.ConverseCommand,
      ConverseStreamCommand: bedrock.ConverseStreamCommand
    }
  },
  catch: () =>
    new BedrockError({
      reason: "Connection",
      message: "the AWS SDK could not be loaded",
      hint: "This installation is not complete: install altimate-code again.",
      attempts: 0
    })
})

export interface Target {
  /** The base URL; see `Endpoint`. */
  readonly url: string
  readonly region: string
  /** What AWS signatures are made for. */
  readonly signing: SigningScope
  readonly identity: Identity
  readonly headers: CustomHeaders
}

/** Settings of the SDK that its types lack. */
interface Untyped {
  readonly disableClockSkewCorrection: boolean
  readonly signingName: string
}

/**
 * A client for one attempt. Whatever is not given here the SDK takes from the environment or from `~/.aws/config`,
 * which must not even be read when there is a bearer token; so all of it is given.
 * Source: `runtimeConfig.js` of `@aws-sdk/client-bedrock-runtime` 3.1164.
 */
export const makeClient = (
  sdk: Sdk,
  { headers, identity, region, signing, url }: Target,
  requestHandler: NonNullable<BedrockRuntimeClientConfig["requestHandler"]>
): BedrockRuntimeClient => {
  const settings: BedrockRuntimeClientConfig & Untyped = {
    region,
    signingName: signing.service,
    signingRegion: signing.region,
    endpoint: url,
    requestHandler,
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    // A client that lives for one attempt has nothing to learn from its answer.
    disableClockSkewCorrection: true,
    // A function, since the SDK takes a plain `undefined` for "not given".
    userAgentAppId: async () => undefined,
    ...authorization(identity)
  }
  const client = new sdk.BedrockRuntimeClient(settings)
  const { searchParams } = new URL(url)
  const query = Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]))
  client.middlewareStack.add((next) => (args) => {
    // The SDK keeps the endpoint's path, but not its query.
    Object.assign((args.request as { query: Record<string, Array<string>> }).query, query)
    return next(args)
  }, { step: "build" })
  // VPC Lattice refuses signatures over the body. Source: VPC Lattice User Guide, "SIGv4 authenticated requests".
  if (identity._tag === "Keys" && signing.service === "vpc-lattice-svcs") {
    client.middlewareStack.add((next) => (args) => {
      ;(args.request as { headers: Record<string, string> }).headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
      return next(args)
    }, { step: "build" })
  }
  client.middlewareStack.add(customHeaders(identity._tag === "Headers" ? headers : besides(headers)), {
    step: "build",
    priority: "low"
  })
  return client
}

/** Exactly one authorization is sent: that of the identity. */
const besides = (headers: CustomHeaders): CustomHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"))

/** One scheme and its identity, and nothing for the others: the SDK would find a token in the environment by itself. */
const authorization = (
  identity: Identity
): Pick<
  BedrockRuntimeClientConfig,
  "authSchemePreference" | "credentials" | "httpAuthSchemeProvider" | "httpAuthSchemes" | "token"
> => {
  const unwanted = (what: string) => () => Promise.reject(new Error(`${what} although ${describe(identity)} is used`))
  switch (identity._tag) {
    case "Bearer":
      return {
        authSchemePreference: ["httpBearerAuth"],
        token: { token: Redacted.value(identity.token) },
        credentials: unwanted("the AWS credential chain was asked")
      }
    case "Keys":
      return {
        authSchemePreference: ["sigv4"],
        token: unwanted("a bearer token was asked for"),
        credentials: {
          accessKeyId: identity.accessKeyId,
          secretAccessKey: Redacted.value(identity.secretAccessKey),
          ...Option.match(identity.sessionToken, {
            onNone: () => ({}),
            onSome: (token) => ({ sessionToken: Redacted.value(token) })
          })
        }
      }
    default:
      return {
        httpAuthSchemes: [{
          schemeId: noAuth,
          identityProvider: () => async () => ({}),
          signer: { sign: async (request) => request }
        }],
        httpAuthSchemeProvider: () => [{ schemeId: noAuth }],
        token: unwanted("a bearer token was asked for"),
        credentials: unwanted("the AWS credential chain was asked")
      }
  }
}

/** Source: smithy.io, "Authentication traits", "optionalAuth". */
const noAuth = "smithy.api#noAuth"
