/** Which authorities are trusted. */
import * as Environment from "@altimate-code/config/Environment"
import type { FileSetting } from "@altimate-code/config/Gateway"
import { describe } from "@altimate-code/config/Origin"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { X509Certificate } from "node:crypto"
import * as Tls from "node:tls"
import { NetworkError } from "../../NetworkError.ts"

/**
 * Node's own list, its `NODE_EXTRA_CA_CERTS`, the system's store, `AWS_CA_BUNDLE` and the option, as PEM. A list of
 * one's own takes the place of all that Node would trust by itself, so that nothing may be missing from it.
 */
export const authorities = (
  caFile: Option.Option<FileSetting>
): Effect.Effect<ReadonlyArray<string>, NetworkError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const trusted = [...Tls.rootCertificates, ...yield* system]
    // Node warns of a file that it can't read, and goes on.
    const extra = yield* Environment.variable("NODE_EXTRA_CA_CERTS")
    if (Option.isSome(extra)) trusted.push(...yield* optional(extra.value, "NODE_EXTRA_CA_CERTS"))
    const bundle = yield* Environment.variable("AWS_CA_BUNDLE")
    if (Option.isSome(bundle)) trusted.push(...yield* certificates({ value: bundle.value }, "AWS_CA_BUNDLE"))
    if (Option.isSome(caFile)) {
      trusted.push(...yield* certificates(caFile.value, `caFile (${describe(caFile.value.origin)})`))
    }
    return [...new Set(trusted)]
  })

/** Where Linux distributions have their bundle; the first that is there. Source: `crypto/x509/root_linux.go` of Go. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem"
]

/** From Node 22.15 on, Node reads the store of each system; before, it is a file on Linux, and out of reach elsewhere. */
const system: Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> = Effect.gen(function*() {
  const file = yield* Environment.variable("SSL_CERT_FILE")
  if (Option.isSome(file)) return yield* optional(file.value, "SSL_CERT_FILE")
  const { getCACertificates } = Tls as { readonly getCACertificates?: (type: "system") => ReadonlyArray<string> }
  if (getCACertificates !== undefined) return yield* Effect.sync(() => getCACertificates("system"))
  const fs = yield* FileSystem.FileSystem
  for (const path of bundles) {
    const text = yield* Effect.option(fs.readFileString(path))
    if (Option.isSome(text)) return blocks(text.value)
  }
  return []
})

const blocks = (text: string): ReadonlyArray<string> =>
  text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? []

/** A file that other programs use as well: a wrong one is no reason not to try. */
const optional = (path: string, name: string) =>
  certificates({ value: path }, name).pipe(
    Effect.catchAll((error) => Effect.as(Effect.logWarning(`not used: ${error.message}`), []))
  )

const certificates = (
  file: Pick<FileSetting, "content" | "value">,
  name: string
): Effect.Effect<ReadonlyArray<string>, NetworkError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const text = yield* readFile(file, name)
    const found = blocks(text)
    if (found.length === 0 || !found.every(isCertificate)) {
      return yield* new NetworkError({
        reason: "File",
        message: `${name}: ${file.value} ${
          found.length === 0 ? "holds no certificate" : "holds a damaged certificate"
        }`,
        hint:
          "It must hold certificates as PEM text (-----BEGIN CERTIFICATE-----); a .der or .cer file can be converted: "
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

/** `name` says who asks for the file. */
export const readFile = (
  { content, value: path }: Pick<FileSetting, "content" | "value">,
  name: string
): Effect.Effect<string, NetworkError, FileSystem.FileSystem> =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => content === undefined ? fs.readFileString(path) : Effect.succeed(Redacted.value(content))
  ).pipe(
    Effect.mapError((error) => {
      const why = error._tag === "SystemError" && error.reason === "NotFound" ? "is not there" : "can't be read"
      return new NetworkError({
        reason: "File",
        message: `${name}: ${path} ${why}`,
        hint: "Correct the path, or let this user read the file."
      })
    })
  )
