/** Reconstructs what was signed from the request as it was sent. Pure. */
import { publicUrl } from "@altimate-code/log/PublicUrl"
import { createHash } from "node:crypto"
import type { CustomHeaders } from "./customHeaders.ts"
import type { Identity } from "./identity.ts"
import { makeRedact } from "./redactHeaders.ts"

export interface SignedRequest {
  readonly method: string
  /** Percent-encoded, as sent. */
  readonly path: string
  readonly query: Readonly<Record<string, string | ReadonlyArray<string> | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface SignatureInput {
  /** The values of authorization headers, custom headers and the query are redacted. */
  readonly canonicalRequest: string
  /** Contains the hash of the complete canonical request. */
  readonly stringToSign: string
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex")

/** Source: IAM User Guide, "Create a signed AWS API request". The path is encoded twice, as for every service except S3. */
export const reconstructSignature = (
  request: SignedRequest,
  identity: Identity,
  custom: CustomHeaders
): SignatureInput | undefined => {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value.replace(/\s+/g, " ").trim()])
  )
  const [, scope, names] =
    /Credential=[^/]+\/([^,\s]+), *SignedHeaders=([^,\s]+)/.exec(headers["authorization"] ?? "") ?? []
  if (scope === undefined || names === undefined) return undefined

  const path = encode(request.path.replace(/\/{2,}/g, "/")).replaceAll("%2F", "/")
  const parameters = Object.entries(request.query)
    .map(([name, value]) => [encode(name), [value ?? []].flat().map(encode).toSorted()] as const)
    .toSorted(([a], [b]) => a < b ? -1 : 1)
  const query = parameters.flatMap(([name, values]) => values.map((value) => `${name}=${value}`)).join("&")
  const { body } = request
  const payload = headers["x-amz-content-sha256"]
    ?? sha256(typeof body === "string" || body instanceof Uint8Array ? body : "")
  const canonical = (query: string, valueOf: (name: string) => string) =>
    [
      request.method,
      path,
      query,
      ...names.split(";").map((name) => `${name}:${valueOf(name)}`),
      "",
      names,
      payload
    ].join("\n")
  const redact = makeRedact(identity, custom)
  const whole = canonical(query, (name) => headers[name] ?? "")
  return {
    canonicalRequest: canonical(
      publicUrl(`?${query}`).slice(1),
      (name) => redact(name, headers[name] ?? "")
    ),
    stringToSign: ["AWS4-HMAC-SHA256", headers["x-amz-date"] ?? "", scope, sha256(whole)].join("\n")
  }
}
