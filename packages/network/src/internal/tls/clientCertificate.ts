/** The client's own certificate and key. */
import type { Gateway } from "@altimate-code/config/Gateway"
import { describe, type Setting } from "@altimate-code/config/Origin"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { NetworkError } from "../../NetworkError.ts"
import { readFile } from "./authorities.ts"

export interface ClientCertificate {
  /** With the authorities between, if the file has them. */
  readonly cert: string
  readonly key: Redacted.Redacted<string>
}

/** Read anew each time: whoever issues it for a day or an hour renews the files. */
export const clientCertificate = (
  { clientCert, clientKey }: Pick<Gateway, "clientCert" | "clientKey">
): Effect.Effect<Option.Option<ClientCertificate>, NetworkError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (Option.isNone(clientCert) && Option.isNone(clientKey)) return Option.none()
    if (Option.isNone(clientCert)) return yield* alone(clientKey, "clientKey", "clientCert")
    if (Option.isNone(clientKey)) return yield* alone(clientCert, "clientCert", "clientKey")
    const name = (option: string, { origin }: Setting<string>) => `${option} (${describe(origin)})`
    const cert = yield* readFile(clientCert.value, name("clientCert", clientCert.value))
    const key = Redacted.make(yield* readFile(clientKey.value, name("clientKey", clientKey.value)))
    const refuse = (option: string, setting: Setting<string>, words: string, hint: string) =>
      new NetworkError({ reason: "File", message: `${name(option, setting)}: ${setting.value} ${words}`, hint })

    const certificate = Option.liftThrowable(() => new X509Certificate(cert))()
    if (Option.isNone(certificate)) {
      return yield* refuse(
        "clientCert",
        clientCert.value,
        "holds no certificate",
        "It must hold the certificate as PEM text."
      )
    }
    const privateKey = Option.liftThrowable(() => createPrivateKey(Redacted.value(key)))()
    if (Option.isNone(privateKey)) {
      return yield* refuse(
        "clientKey",
        clientKey.value,
        /ENCRYPTED/.test(Redacted.value(key)) ? "is encrypted with a passphrase" : "holds no private key",
        "It must hold the key as PEM text and without a passphrase, in a file that only this user can read: "
          + "openssl pkey -in FILE -out FILE.pem"
      )
    }
    if (!certificate.value.checkPrivateKey(privateKey.value)) {
      return yield* refuse(
        "clientKey",
        clientKey.value,
        `is not the key of the certificate in ${clientCert.value.value}`,
        "Set clientCert and clientKey to files that were issued together; while they are being renewed, try again."
      )
    }
    return Option.some({ cert, key })
  })

const alone = (given: Option.Option<Setting<string>>, option: string, missing: string) =>
  new NetworkError({
    reason: "File",
    message: `${option} is set${
      Option.match(given, { onNone: () => "", onSome: ({ origin }) => ` (${describe(origin)})` })
    }, ${missing} is not`,
    hint: `Set ${missing} as well: a client certificate needs its key.`
  })
