import { publicUrl } from "@altimate-code/log/PublicUrl"
import { isSecretName } from "@altimate-code/log/SecretName"

// The length limit keeps the search linear in long texts without a URL.
const url = /[a-z][a-z0-9+.-]{0,20}:[\\/]{2}\S*/gi

/** The value as it may be shown: masked if its name suggests a secret, and without secrets in URLs. */
export const maskSetting = (value: unknown, path: ReadonlyArray<string>): unknown => {
  const mayBeSecret = value !== null && typeof value !== "boolean"
  // Names under permission are commands and files, with verdicts as values. A command is not a secret, even if it prints one.
  const hasSecretName = path[0] === "mcp" && path[2] === "environment" ||
    path[0] !== "permission" && !path.includes("headersCommand") && path.some((name) => isSecretName(name))
  if (mayBeSecret && hasSecretName) return "<redacted>"
  if (typeof value === "string") return value.replaceAll(url, publicUrl)
  if (Array.isArray(value)) return value.map((item) => maskSetting(item, []))
  if (typeof value !== "object" || value === null) return value
  const pathOf = (name: string) => path.at(-1) === "headersCommand" ? path : [name]
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskSetting(item, pathOf(name))]))
}
