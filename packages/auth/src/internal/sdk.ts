import { printable } from "@altimate-code/log/Printable"
import type { Handler } from "@altimate-code/network/Network"
import { NetworkError } from "@altimate-code/network/NetworkError"
import * as Cut from "@altimate-code/system/Cut"
import type * as Providers from "@aws-sdk/credential-providers"
import * as Effect from "effect/Effect"
import { stat } from "node:fs/promises"
import { AuthError } from "../AuthError.ts"
import { endingLeftovers } from "./leftovers.ts"

type Sdk = typeof Providers

/** What the SDK's providers answer, as far as it matters here. */
export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly expiration?: Date | undefined
}

/** Why a provider of the SDK has no credentials. */
export interface Refusal {
  /** For people, in one line and without a secret that the SDK could know. */
  readonly words: string
  /** By the SDK's own judgement: is the next step to be tried? Otherwise something is configured and broken. */
  readonly next: boolean
  /** The command that renews the session, where one has expired. */
  readonly renew: "aws sso login" | "aws login" | undefined
  /** What to do, where the way to AWS is the cause. */
  readonly hint?: string | undefined
}

/** The SDK warns on the console where it is given no logger. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * The region goes in as that of the calling client: as the providers' own `clientConfig` it would also win over the
 * `sso_region` of a profile.
 */
const caller = (region: string) => ({ callerClientConfig: { region: () => Promise.resolve(region) } })

const load = Effect.tryPromise({
  try: () => import("@aws-sdk/credential-providers"),
  catch: () =>
    new AuthError({
      reason: "Chain",
      message: "The AWS SDK's credential providers can't be loaded.",
      hint: "Install altimate-code again."
    })
})

/** How AWS is reached. Container and instance have their addresses on the machine: they are asked directly. */
export type Http = Pick<Handler, "handle" | "metadata">

interface ClientConfig {
  readonly requestHandler: Http
}

const ask = (
  provider: (sdk: Sdk) => Promise<Identity>,
  onProcess: () => void = () => {}
): Effect.Effect<Identity, Refusal | AuthError> =>
  Effect.flatMap(load, (sdk) => Effect.mapError(endingLeftovers(() => provider(sdk), onProcess), refusal))

/** The providers wrap what goes wrong on the way to AWS in errors of their own, so it is remembered. */
const askOver = (
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
      ask((sdk) => provider(sdk, { requestHandler }), onProcess),
      (refused) =>
        failed === undefined || refused instanceof AuthError
          ? refused
          : { ...refused, words: failed.message, hint: failed.hint }
    )
  })

/** `ignoreCache`: the files may have changed since they were last read. */
export const fromProfile = (http: Http, profile: string, region: string, onProcess: () => void) =>
  askOver(
    http,
    (sdk, clientConfig) => sdk.fromIni({ profile, ignoreCache: true, clientConfig, logger: silent })(caller(region)),
    onProcess
  )

/** `tokenFile` is what AWS_WEB_IDENTITY_TOKEN_FILE says. */
export const fromWebIdentity = (http: Http, region: string, tokenFile: string) =>
  askOver(http, async (sdk, clientConfig) => {
    // The SDK reads it synchronously: with a pipe, no signal could end the program.
    if (!(await stat(tokenFile)).isFile()) throw new Error("AWS_WEB_IDENTITY_TOKEN_FILE is not a regular file")
    return sdk.fromTokenFile({ clientConfig, logger: silent })(caller(region))
  })

export const fromContainer = ask((sdk) => sdk.fromHttp({ logger: silent })())

/** One second for each request. */
export const fromInstance = ask((sdk) => sdk.fromInstanceMetadata({ timeout: 1000, maxRetries: 0, logger: silent })())

const refusal = (error: unknown): Refusal => {
  const text = said(error)
  return {
    words: words(error, text),
    next: typeof error === "object" && error !== null && "tryNextLink" in error && error.tryNextLink === true,
    renew: /\baws sso login\b|session token not found or invalid/i.test(text)
      ? "aws sso login"
      : /\baws login\b|^Failed to load token from/.test(text)
      ? "aws login"
      : undefined
  }
}

const said = (error: unknown): string => {
  if (!(error instanceof Error)) return "failed"
  const code = "code" in error ? String(error.code) : error.name
  return error.message === "" ? code : error.message
}

const words = (error: unknown, text: string): string => {
  // These repeat what they are about: a command with its arguments and output, or a text with its secrets.
  if (text.startsWith("Command failed")) return "its credential_process failed; run the command by hand to see why"
  if (error instanceof SyntaxError || /SyntaxError|not valid JSON|in JSON at/.test(text)) {
    return "what it was given is not JSON"
  }
  // The SDK stumbles over what is missing, for example over an sso_session that no section describes.
  if (error instanceof TypeError) return "what is configured is incomplete or invalid"
  if (text.startsWith("Could not resolve credentials using profile")) {
    return "there is no such profile, or nothing in it that leads to credentials"
  }
  // Behind the first line, STS repeats the request, session token and all.
  return Cut.shorten(printable(text.split(/[\r\n]/, 1)[0] ?? ""), 300)
}
