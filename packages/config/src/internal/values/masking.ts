import { publicUrl } from "../../PublicUrl.ts"
import { isSecretName } from "../../SecretName.ts"

// The limits keep a long text without a URL from being gone through once for each of its letters.
const url = /[a-z][a-z0-9+.-]{0,20}:[\\/]{2}\S*/gi

/** The value as it may be shown: masked under a name that sounds like a secret, and without the secrets of URLs. */
export const maskValue = (value: unknown, path: ReadonlyArray<string>): unknown => {
  const mayBeSecret = value !== null && typeof value !== "boolean"
  // In a permission the names are commands and files, and the values are words that the program knows. A command is no secret, whatever it is for.
  const named = path[0] === "mcp" && path[2] === "environment" ||
    path[0] !== "permission" && !path.includes("headersCommand") && path.some((name) => isSecretName(name))
  if (mayBeSecret && named) return "<redacted>"
  if (typeof value === "string") return value.replaceAll(url, publicUrl)
  if (Array.isArray(value)) return value.map((item) => maskValue(item, []))
  if (typeof value !== "object" || value === null) return value
  const of = (name: string) => path.at(-1) === "headersCommand" ? path : [name]
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskValue(item, of(name))]))
}
