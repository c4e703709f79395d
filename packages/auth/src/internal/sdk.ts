import { printable } from "@altimate-code/log/Printable"
import { NetworkError } from "@altimate-code/network/NetworkError"
import type { RequestHandler } from "@altimate-code/network/RequestHandler"
import * as Cut from "@altimate-code/system/Cut"
import type * as Providers from "@aws-sdk/credential-providers"
import * as Effect from "effect/Effect"
import { stat } from "node:fs/promises"
import { AuthError } from "../AuthError.ts"
import { withChildProcessCleanup } from "./childProcesses.ts"

type Sdk = typeof Providers

/** The credentials of the SDK's providers. */
export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
}

/** Why one of the SDK's providers has no credentials. */
export interface Refusal {
  /** For the user: one line without secrets. */
  readonly message: string
  /** Whether the next step may be tried. If not, something is configured but broken. */
  readonly canTryNext: boolean
  /** The command that renews the session, if one has expired. */
  readonly renewal: "aws sso login" | "aws login" | undefined
  /** The underlying network failure, if AWS could not be reached. */
  readonly cause?: NetworkError | undefined
}

/** Without a logger, the SDK writes warnings to the console. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * Passes the region as that of the calling client. In a provider's `clientConfig`, it would also override the profile's `sso_region`.
 */
const makeCaller = (region: string) => ({ callerClientConfig: { region: () => Promise.resolve(region) } })

const load = Effect.tryPromise({
  try: () => import("@aws-sdk/credential-providers"),
  catch: () =>
    new AuthError({
      reason: "Chain",
      message: "The AWS SDK's credential providers can't be loaded."
    })
})

/** Handles requests to AWS. Container and instance metadata have local addresses and need no proxy. */
export type Http = RequestHandler

interface ClientConfig {
  readonly requestHandler: Http
}

const callProvider = (
  provider: (sdk: Sdk) => Promise<Identity>,
  onProcess: () => void = () => {}
): Effect.Effect<Identity, Refusal | AuthError> =>
  Effect.flatMap(load, (sdk) => Effect.mapError(withChildProcessCleanup(() => provider(sdk), onProcess), toRefusal))

/** Also reports a network failure, which the providers hide in other errors. */
const callProviderOver = (
  http: Http,
  provider: (sdk: Sdk, clientConfig: ClientConfig) => Promise<Identity>,
  onProcess?: () => void
): Effect.Effect<Identity, Refusal | AuthError> =>
  Effect.suspend(() => {
    let failed: NetworkError | undefined
    const requestHandler: Http = {
      metadata: http.metadata,
      handle: (request, options) =>
        http.handle(request, options).catch((error) => {
          if (error instanceof NetworkError) failed = error
          throw error
        })
    }
    return Effect.mapError(
      callProvider((sdk) => provider(sdk, { requestHandler }), onProcess),
      (refused) =>
        failed === undefined || refused instanceof AuthError
          ? refused
          : { ...refused, message: failed.message, cause: failed }
    )
  })

/** `ignoreCache`, because the files may have changed. */
export const fromProfile = (http: Http, profile: string, region: string, onProcess: () => void) =>
  callProviderOver(
    http,
    (sdk, clientConfig) =>
      sdk.fromIni({ profile, ignoreCache: true, clientConfig, logger: silent })(makeCaller(region)),
    onProcess
  )

/** `tokenFile` is the value of AWS_WEB_IDENTITY_TOKEN_FILE. */
export const fromWebIdentity = (http: Http, region: string, tokenFile: string) =>
  callProviderOver(http, async (sdk, clientConfig) => {
    // The SDK reads the file synchronously, so a pipe would block the program and its signal handlers.
    if (!(await stat(tokenFile)).isFile()) throw new Error("AWS_WEB_IDENTITY_TOKEN_FILE is not a regular file")
    return sdk.fromTokenFile({ clientConfig, logger: silent })(makeCaller(region))
  })

export const fromContainer = callProvider((sdk) => sdk.fromHttp({ logger: silent })())

/** Waits one second for each request. */
export const fromInstance = callProvider((sdk) =>
  sdk.fromInstanceMetadata({ timeout: 1000, maxRetries: 0, logger: silent })()
)

const toRefusal = (error: unknown): Refusal => {
  const text = messageOf(error)
  return {
    message: describe(error, text),
    canTryNext: typeof error === "object" && error !== null && "tryNextLink" in error && error.tryNextLink === true,
    renewal: /\baws sso login\b|session token not found or invalid/i.test(text)
      ? "aws sso login"
      : /\baws login\b|^Failed to load token from/.test(text)
      ? "aws login"
      : undefined
  }
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "failed"
  const code = "code" in error ? String(error.code) : error.name
  return error.message === "" ? code : error.message
}

const describe = (error: unknown, text: string): string => {
  // The original messages contain secrets: the command and its output, or the invalid text.
  if (text.startsWith("Command failed")) return "its credential_process failed; run the command yourself to see why"
  if (error instanceof SyntaxError || /SyntaxError|not valid JSON|in JSON at/.test(text)) {
    return "it received invalid JSON"
  }
  // The SDK throws a TypeError for incomplete configuration, for example an sso_session without a section.
  if (error instanceof TypeError) return "its configuration is incomplete or invalid"
  if (text.startsWith("Could not resolve credentials using profile")) {
    return "the profile does not exist or has no credentials"
  }
  // After the first line, STS echoes the request with its session token.
  return Cut.shorten(printable(text.split(/[\r\n]/, 1)[0] ?? ""), 300)
}
