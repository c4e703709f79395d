/** Reads the certificates of trusted authorities. */
import * as Environment from "@altimate-code/config/Environment"
import type { FileSetting } from "@altimate-code/config/Gateway"
import { describe } from "@altimate-code/config/Origin"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { X509Certificate } from "node:crypto"
import { readFile as readFileOfNode } from "node:fs/promises"
import { NetworkError } from "../../NetworkError.ts"

/**
 * Node's own list, the system's store, `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE` and `caFile`, as PEM. The list must be complete, because it replaces
 * everything that Node trusts by default. `AWS_CA_BUNDLE` does not apply if the program gives `caFile` in code.
 */
export const readAuthorities = (
  caFile: Option.Option<FileSetting>
): Effect.Effect<ReadonlyArray<string>, NetworkError> =>
  Effect.gen(function*() {
    const { rootCertificates } = yield* loadTls
    const trusted = [...rootCertificates, ...yield* readSystemStore]
    // An unreadable file is not fatal: Node only warns about it as well.
    const extra = yield* Environment.readVariable("NODE_EXTRA_CA_CERTS")
    if (Option.isSome(extra)) trusted.push(...yield* readOptionalFile(extra.value, "NODE_EXTRA_CA_CERTS"))
    const isGiven = Option.isSome(caFile) && caFile.value.origin._tag === "Given"
    const bundle = isGiven ? Option.none() : yield* Environment.readVariable("AWS_CA_BUNDLE")
    if (Option.isSome(bundle)) trusted.push(...yield* readCertificates({ value: bundle.value }, "AWS_CA_BUNDLE"))
    if (Option.isSome(caFile)) {
      trusted.push(...yield* readCertificates(caFile.value, `caFile (${describe(caFile.value.origin)})`))
    }
    return [...new Set(trusted)]
  })

/** With `import()`, because loading it takes milliseconds that a connection without TLS saves. */
const loadTls = Effect.promise(() => import("node:tls"))

/** Where Linux distributions store their bundle. The first existing file is used. Source: `crypto/x509/root_linux.go` in Go. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem"
]

/** Since version 22.15, Node can read the store of every system. Before, only Linux's store can be read, as a file. */
const readSystemStore: Effect.Effect<ReadonlyArray<string>> = Effect.gen(function*() {
  const file = yield* Environment.readVariable("SSL_CERT_FILE")
  if (Option.isSome(file)) return yield* readOptionalFile(file.value, "SSL_CERT_FILE")
  const { getCACertificates } = (yield* loadTls) as {
    readonly getCACertificates?: (type: "system") => ReadonlyArray<string>
  }
  if (getCACertificates !== undefined) return yield* Effect.sync(() => getCACertificates("system"))
  for (const path of bundles) {
    const text = yield* Effect.option(readText(path))
    if (Option.isSome(text)) return splitCertificates(text.value)
  }
  return []
})

const splitCertificates = (text: string): ReadonlyArray<string> =>
  text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? []

/** Ignores an invalid file with a warning, because the variable is meant for other programs as well. */
const readOptionalFile = (path: string, name: string) =>
  readCertificates({ value: path }, name).pipe(
    Effect.catchAll((error) => Effect.as(Effect.logWarning(`ignored: ${error.message}`), []))
  )

const readCertificates = (
  file: Pick<FileSetting, "content" | "value">,
  name: string
): Effect.Effect<ReadonlyArray<string>, NetworkError> =>
  Effect.gen(function*() {
    const text = yield* readFile(file, name)
    const found = splitCertificates(text)
    if (found.length === 0 || !found.every(isCertificate)) {
      return yield* new NetworkError({
        reason: "File",
        message: `${name}: ${file.value} ${
          found.length === 0 ? "contains no certificate" : "contains a damaged certificate"
        }`,
        hint: "It must contain certificates as PEM text (-----BEGIN CERTIFICATE-----). To convert a .der or .cer file: "
          + "openssl x509 -inform der -in FILE -out FILE.pem"
      })
    }
    return found
  })

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

/** `name` is the setting or variable that contains the path. */
export const readFile = (
  { content, value: path }: Pick<FileSetting, "content" | "value">,
  name: string
): Effect.Effect<string, NetworkError> =>
  content !== undefined ? Effect.succeed(Redacted.value(content)) : Effect.mapError(readText(path), (error) => {
    const why = hasCode(error, "ENOENT") ? "does not exist" : "can't be read"
    return new NetworkError({
      reason: "File",
      message: `${name}: ${path} ${why}`,
      hint: "Correct the path, or make the file readable for this user."
    })
  })

/** With Node.js itself, as all of TLS is, so that a program need not provide a platform to open a connection. */
const readText = (path: string) =>
  Effect.tryPromise({ try: (signal) => readFileOfNode(path, { encoding: "utf8", signal }), catch: (error) => error })

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code
