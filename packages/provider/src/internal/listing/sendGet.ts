/** Sends a GET request for JSON with the credential of the other requests. */
import type { Fetch } from "@altimate-code/network/Fetch"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash, createHmac } from "node:crypto"
import { Readable } from "node:stream"
import type { BedrockError } from "../../BedrockError.ts"
import type { SigningScope } from "../../SigningScope.ts"
import type { Attempt } from "../failure/attempt.ts"
import { fromResponse } from "../failure/fromResponse.ts"
import { fromThrown } from "../failure/fromThrown.ts"
import { makeError } from "../failure/makeError.ts"
import { addCustomHeaders, type CustomHeaders } from "../identity/customHeaders.ts"
import { type Identity, toCredentials } from "../identity/identity.ts"
import { readBody } from "../transport/readBody.ts"

export interface Target {
  readonly fetch: Fetch
  readonly signing: SigningScope
  readonly attempt: Attempt
  /** The URL with its secrets; `attempt` has the one to show. */
  readonly url: string
}

/** The size limit of a response, in bytes: far more than all models of AWS. */
const maxSize = 16 * 1024 * 1024

/** Fails for every response but JSON with HTTP 200. */
export const sendGet = ({ attempt, fetch, signing, url }: Target): Effect.Effect<unknown, BedrockError> =>
  Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const { body, headers, status } = yield* Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(url, {
          headers: await authorize(url, attempt.identity, signing, attempt.headers, new Date(now)),
          signal
        })
        const { body, failure } = await readBody(response.body ?? Readable.from([]), maxSize)
        if (failure !== undefined) throw failure
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: new TextDecoder().decode(body)
        }
      },
      catch: (error) => fromThrown(error, attempt)
    })
    const json = parseJson(body)
    // For an unknown operation, AWS returns HTTP 200 with an error in the headers or body.
    return status === 200 && headers["x-amzn-errortype"] === undefined && Option.isSome(json)
      ? json.value
      : yield* status === 200 && Option.isNone(json)
        ? makeError({ reason: "WrongContentType", status, message: "the response is not JSON" }, attempt)
        : fromResponse({ status, headers, body: body.slice(0, 64 * 1024) }, attempt, now)
  })

const parseJson = (text: string): Option.Option<unknown> =>
  Option.filter(
    Either.getRight(Either.try((): unknown => JSON.parse(text))),
    (json) => typeof json === "object" && json !== null
  )

/** The headers of the request, with the authorization of exactly one scheme. */
const authorize = async (
  url: string,
  identity: Identity,
  { region, service }: SigningScope,
  custom: CustomHeaders,
  date: Date
): Promise<Record<string, string>> => {
  const headers: Record<string, string> = { accept: "application/json" }
  await addCustomHeaders(custom)(async () => {})({ request: { headers } })
  if (identity._tag === "Bearer") return { ...headers, authorization: `Bearer ${Redacted.value(identity.token)}` }
  if (identity._tag !== "AwsChain") return headers
  delete headers["authorization"]
  const { SignatureV4 } = await import("@smithy/signature-v4")
  const { host, hostname, pathname, protocol, searchParams } = new URL(url)
  const signed = await new SignatureV4({
    service,
    region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: toCredentials(identity)
  }).sign({
    method: "GET",
    protocol,
    hostname,
    path: pathname,
    query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
    headers: {
      ...headers,
      host,
      // VPC Lattice refuses signatures that cover the body. Source: VPC Lattice User Guide, "SIGv4 authenticated requests".
      ...(service === "vpc-lattice-svcs" ? { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } : {})
    }
  }, { signingDate: date })
  // The connection sets it.
  delete signed.headers["host"]
  return signed.headers
}

/** SHA-256, or HMAC with a secret, as the signer expects it. */
class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined
      ? createHash("sha256")
      : createHmac("sha256", typeof secret === "string" ? secret : toBytes(secret))
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === "string" ? data : toBytes(data))
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

const toBytes = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
