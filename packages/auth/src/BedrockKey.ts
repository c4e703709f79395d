/**
 * Reads the region and expiry of a short-term Bedrock API key.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * The only region in which the key works, and when it expires.
 *
 * @since 0.1.0
 * @category models
 */
export interface BedrockKey {
  readonly region: string
  readonly expiresAt: Date
}

const prefix = "bedrock-api-key-"

/**
 * Parses a key that begins with `bedrock-api-key-`. The rest is a base64-encoded presigned URL; its query contains the region, the time and the
 * lifetime. None for any other token.
 * Source: [aws-bedrock-token-generator](https://github.com/aws/aws-bedrock-token-generator-js).
 *
 * @since 0.1.0
 * @category constructors
 */
export const read = (token: string): Option.Option<BedrockKey> => {
  if (!token.startsWith(prefix)) return Option.none()
  const url = Buffer.from(token.slice(prefix.length), "base64").toString("utf8")
  const query = new URLSearchParams(url.slice(url.indexOf("?") + 1))
  const region = query.get("X-Amz-Credential")?.split("/")[2]
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("X-Amz-Date") ?? "")
  const life = /^\d{1,6}$/.exec(query.get("X-Amz-Expires") ?? "")
  if (region === undefined || !/^[a-z0-9-]{1,32}$/.test(region) || date === null || life === null) return Option.none()
  const [, year, month, day, hour, minute, second] = date
  const from = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(from)
    ? Option.none()
    : Option.some({ region, expiresAt: new Date(from + Number(life[0]) * 1000) })
}
