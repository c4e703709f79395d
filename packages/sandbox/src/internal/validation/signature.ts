/**
 * Verifies AWS Signature Version 4 by recomputing it from the received request. For the canonical request, the path is percent-encoded again, as in every
 * service except S3: `%3A` in a model ID becomes `%253A`. The messages are those of AWS's JSON services.
 */
import { Sha256 } from "@aws-crypto/sha256-js"
import { SignatureV4 } from "@smithy/signature-v4"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import type { AwsKey } from "../../SandboxOptions.ts"
import type { Incoming } from "../http/incoming.ts"
import type { Refusal } from "./refusal.ts"

const serviceOf = ({ service = "bedrock" }: AwsKey): string => service

const maxSkewMinutes = 5

const refuse = (name: string, message: string): Effect.Effect<never, Refusal> =>
  Effect.fail({ status: 403, name, message })

const unrecognized = refuse("UnrecognizedClientException", "The security token included in the request is invalid.")

const mismatch: Refusal = {
  status: 403,
  name: "InvalidSignatureException",
  message:
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
}

interface Authorization {
  readonly accessKeyId: string
  readonly scopeDate: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: ReadonlyArray<string>
  readonly signature: string
}

const parse = (value: string, date: string | undefined): Effect.Effect<Authorization, Refusal> => {
  const field = (name: string) => new RegExp(`[\\s,]${name}=([^,\\s]+)`).exec(value)?.[1]
  const credential = field("Credential")
  const signedHeaders = field("SignedHeaders")
  const signature = field("Signature")
  const problems = [
    ...(value.startsWith("AWS4-HMAC-SHA256") ? [] : ["Unsupported authorization scheme."]),
    ...(credential === undefined ? ["Authorization header requires 'Credential' parameter."] : []),
    ...(signature === undefined ? ["Authorization header requires 'Signature' parameter."] : []),
    ...(signedHeaders === undefined ? ["Authorization header requires 'SignedHeaders' parameter."] : []),
    ...(date === undefined
      ? ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]
      : [])
  ]
  if (credential === undefined || signature === undefined || signedHeaders === undefined || problems.length > 0) {
    return refuse("IncompleteSignatureException", problems.join(" "))
  }
  const [accessKeyId = "", scopeDate = "", region = "", service = ""] = credential.split("/")
  return Effect.succeed({
    accessKeyId,
    scopeDate,
    region,
    service,
    signature,
    signedHeaders: signedHeaders.split(";")
  })
}

/** `20261122T235807Z`, as in `X-Amz-Date`. */
const longDate = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`

const toMillis = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"))

const checkDate = (date: string, now: number): Effect.Effect<void, Refusal> => {
  const signed = toMillis(date)
  const skew = maxSkewMinutes * 60_000
  if (Number.isNaN(signed)) {
    return refuse(
      "IncompleteSignatureException",
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`
    )
  }
  if (signed < now - skew) {
    return refuse(
      "InvalidSignatureException",
      `Signature expired: ${date} is now earlier than ${longDate(now - skew)} (${
        longDate(now)
      } - ${maxSkewMinutes} min.)`
    )
  }
  if (signed > now + skew) {
    return refuse(
      "InvalidSignatureException",
      `Signature not yet current: ${date} is still later than ${longDate(now + skew)} (${
        longDate(now)
      } + ${maxSkewMinutes} min.)`
    )
  }
  return Effect.void
}

const checkScope = (authorization: Authorization, key: AwsKey, date: string): Effect.Effect<void, Refusal> => {
  const problems = [
    ...(authorization.region === key.region
      ? []
      : [`Credential should be scoped to a valid region, not '${authorization.region}'.`]),
    ...(authorization.service === serviceOf(key)
      ? []
      : [`Credential should be scoped to correct service: '${serviceOf(key)}'.`]),
    ...(authorization.scopeDate === date.slice(0, 8)
      ? []
      : [
        `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.scopeDate}' != '${
          date.slice(0, 8)
        }', from '${date}'.`
      ])
  ]
  return problems.length === 0 ? Effect.void : refuse("InvalidSignatureException", problems.join(" "))
}

/** `host` and all `x-amz-` headers must be signed: otherwise they could be changed in transit. */
const checkCoverage = (authorization: Authorization, headers: Incoming["headers"]): Effect.Effect<void, Refusal> => {
  const required = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))]
  const uncovered = required.find((name) => !authorization.signedHeaders.includes(name))
  return uncovered === undefined
    ? Effect.void
    : refuse("InvalidSignatureException", `'${uncovered}' must be a 'SignedHeader' in the AWS Authorization.`)
}

const toBag = (query: URLSearchParams): Record<string, Array<string>> =>
  Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]))

const recompute = (authorization: Authorization, key: AwsKey, date: string, incoming: Incoming) =>
  Effect.tryPromise({
    try: () => {
      const signer = new SignatureV4({
        credentials: { accessKeyId: key.accessKeyId, secretAccessKey: Redacted.value(key.secretAccessKey) },
        region: key.region,
        service: serviceOf(key),
        sha256: Sha256,
        applyChecksum: false
      })
      return signer.sign(
        {
          method: incoming.method,
          protocol: "http:",
          hostname: "127.0.0.1",
          path: incoming.pathname,
          query: toBag(incoming.query),
          // A signed header that was not sent counts as empty.
          headers: Object.fromEntries(authorization.signedHeaders.map((name) => [name, incoming.headers[name] ?? ""])),
          body: incoming.bytes
        },
        { signingDate: new Date(toMillis(date)), signableHeaders: new Set(authorization.signedHeaders) }
      )
    },
    catch: () => mismatch
  }).pipe(
    Effect.filterOrFail(
      (signed) => signed.headers["authorization"]?.endsWith(`Signature=${authorization.signature}`) === true,
      () => mismatch
    )
  )

/** The signer uses a hash from the headers without checking it against the body. */
const checkPayloadHash = (key: AwsKey, incoming: Incoming): Effect.Effect<void, Refusal> => {
  const claimed = incoming.headers["x-amz-content-sha256"]
  // Source: VPC Lattice User Guide, "SIGv4 authenticated requests".
  if (serviceOf(key) === "vpc-lattice-svcs" && claimed !== "UNSIGNED-PAYLOAD") return Effect.fail(mismatch)
  return claimed === undefined || claimed === "UNSIGNED-PAYLOAD" ||
      claimed === createHash("sha256").update(incoming.bytes).digest("hex")
    ? Effect.void
    : Effect.fail(mismatch)
}

/** Succeeds if the `Authorization` header is a current signature of this request with one of the keys. */
export const verify = Effect.fn("Signature.verify")(
  function*(keys: ReadonlyArray<AwsKey>, header: string, incoming: Incoming) {
    const date = incoming.headers["x-amz-date"]
    const authorization = yield* parse(header, date)
    const token = incoming.headers["x-amz-security-token"]
    const key = keys.find((candidate) =>
      candidate.accessKeyId === authorization.accessKeyId &&
      (candidate.sessionToken === undefined ? undefined : Redacted.value(candidate.sessionToken)) === token
    )
    if (key === undefined || date === undefined) return yield* unrecognized
    yield* checkScope(authorization, key, date)
    yield* checkDate(date, yield* Clock.currentTimeMillis)
    yield* checkCoverage(authorization, incoming.headers)
    yield* checkPayloadHash(key, incoming)
    yield* recompute(authorization, key, date, incoming)
  }
)
