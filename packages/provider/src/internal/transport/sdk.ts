/** Loads the AWS SDK with the first request, and gives it every setting that it would otherwise look up. */
import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { BedrockError } from "../../BedrockError.ts"
import type { SigningScope } from "../../SigningScope.ts"
import { addCustomHeaders, type CustomHeaders } from "../identity/customHeaders.ts"
import { type Identity, toCredentials } from "../identity/identity.ts"
import { makeSerdeProvider } from "./eventStreamSerde.ts"
import type * as SdkClient from "./sdkClient.ts"

/** The parts of the SDK that this package uses. */
export type Sdk = typeof SdkClient

/** With `import()`, a program that sends no request does not load the SDK. */
export const load: Effect.Effect<Sdk, BedrockError> = Effect.tryPromise({
  try: () => import("./sdkClient.ts"),
  catch: () =>
    new BedrockError({
      reason: "Connection",
      message: "the AWS SDK could not be loaded",
      type: "SdkNotLoaded",
      attempts: 0
    })
})

export interface Target {
  /** The base URL; see `Endpoint`. */
  readonly url: string
  readonly region: string
  /** The scope of AWS signatures. */
  readonly signing: SigningScope
  readonly identity: Identity
  readonly headers: CustomHeaders
}

/** SDK settings that are missing from its types. */
interface UntypedSettings {
  readonly disableClockSkewCorrection: boolean
  readonly signingName: string
}

/**
 * Makes a client for one attempt. All settings are given, because the SDK would look up missing ones in the environment or in `~/.aws/config`,
 * which must not be read when there is a bearer token.
 * Source: `runtimeConfig.js` of `@aws-sdk/client-bedrock-runtime` 3.1164.
 */
export const makeClient = (
  sdk: Sdk,
  { headers, identity, region, signing, url }: Target,
  requestHandler: NonNullable<BedrockRuntimeClientConfig["requestHandler"]>
): BedrockRuntimeClient => {
  const settings: BedrockRuntimeClientConfig & UntypedSettings = {
    region,
    signingName: signing.service,
    signingRegion: signing.region,
    endpoint: url,
    requestHandler,
    eventStreamSerdeProvider: makeSerdeProvider(sdk),
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    // Pointless in a client for one attempt.
    disableClockSkewCorrection: true,
    // A function, because the SDK treats a plain `undefined` as missing.
    userAgentAppId: async () => undefined,
    ...configureAuthorization(identity)
  }
  const client = new sdk.BedrockRuntimeClient(settings)
  // It copies the whole request, with secrets masked, for a log that is not written.
  client.middlewareStack.remove("loggerMiddleware")
  const { searchParams } = new URL(url)
  const query = Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]))
  client.middlewareStack.add((next) => (args) => {
    // The SDK drops the query of the endpoint.
    Object.assign((args.request as { query: Record<string, Array<string>> }).query, query)
    return next(args)
  }, { step: "build" })
  // VPC Lattice refuses signatures that cover the body. Source: VPC Lattice User Guide, "SIGv4 authenticated requests".
  if (identity._tag === "AwsChain" && signing.service === "vpc-lattice-svcs") {
    client.middlewareStack.add((next) => (args) => {
      ;(args.request as { headers: Record<string, string> }).headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
      return next(args)
    }, { step: "build" })
  }
  const isAuthorized = identity._tag === "Bearer" || identity._tag === "AwsChain"
  client.middlewareStack.add(addCustomHeaders(isAuthorized ? withoutAuthorization(headers) : headers), {
    step: "build",
    priority: "low"
  })
  return client
}

/** The identity authorizes the request, so a configured `Authorization` header must not. */
const withoutAuthorization = (headers: CustomHeaders): CustomHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"))

/** Configures one scheme. The other ones reject, because the SDK would otherwise use a token from the environment. */
const configureAuthorization = (
  identity: Identity
): Pick<
  BedrockRuntimeClientConfig,
  "authSchemePreference" | "credentials" | "httpAuthSchemeProvider" | "httpAuthSchemes" | "token"
> => {
  const reject = (what: string) => () =>
    Promise.reject(new Error(`the AWS SDK requested ${what}, but the request is authorized differently`))
  switch (identity._tag) {
    case "Bearer":
      return {
        authSchemePreference: ["httpBearerAuth"],
        token: { token: Redacted.value(identity.token) },
        credentials: reject("AWS credentials")
      }
    case "AwsChain":
      return {
        authSchemePreference: ["sigv4"],
        token: reject("a bearer token"),
        credentials: toCredentials(identity)
      }
    default:
      return {
        httpAuthSchemes: [{
          schemeId: noAuth,
          identityProvider: () => async () => ({}),
          signer: { sign: async (request) => request }
        }],
        httpAuthSchemeProvider: () => [{ schemeId: noAuth }],
        token: reject("a bearer token"),
        credentials: reject("AWS credentials")
      }
  }
}

/** Source: smithy.io, "Authentication traits", "optionalAuth". */
const noAuth = "smithy.api#noAuth"
