/** Reads the client certificate and its key. */
import type { Gateway } from "@altimate-code/config/Gateway"
import { describe, type Setting } from "@altimate-code/config/Origin"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { NetworkError } from "../../NetworkError.ts"
import { readFile } from "./authorities.ts"

export interface ClientCertificate {
  /** Includes intermediate certificates, if the file has them. */
  readonly cert: string
  readonly key: Redacted.Redacted<string>
}

/** Reads the files each time, because short-lived certificates are renewed while the program runs. */
export const readClientCertificate = (
  { clientCert, clientKey }: Pick<Gateway, "clientCert" | "clientKey">
): Effect.Effect<Option.Option<ClientCertificate>, NetworkError> =>
  Effect.gen(function*() {
    if (Option.isNone(clientCert) && Option.isNone(clientKey)) return Option.none()
    if (Option.isNone(clientCert)) return yield* toMissingError(clientKey, "clientKey", "clientCert")
    if (Option.isNone(clientKey)) return yield* toMissingError(clientCert, "clientCert", "clientKey")
    const name = (option: string, { origin }: Setting<string>) => `${option} (${describe(origin)})`
    const cert = yield* readFile(clientCert.value, name("clientCert", clientCert.value))
    const key = Redacted.make(yield* readFile(clientKey.value, name("clientKey", clientKey.value)))
    const refuse = (option: string, setting: Setting<string>, problem: string, hint: string) =>
      new NetworkError({ reason: "File", message: `${name(option, setting)}: ${setting.value} ${problem}`, hint })

    const certificate = Option.liftThrowable(() => new X509Certificate(cert))()
    if (Option.isNone(certificate)) {
      return yield* refuse(
        "clientCert",
        clientCert.value,
        "contains no certificate",
        "It must contain the certificate as PEM text."
      )
    }
    const privateKey = Option.liftThrowable(() => createPrivateKey(Redacted.value(key)))()
    if (Option.isNone(privateKey)) {
      return yield* refuse(
        "clientKey",
        clientKey.value,
        /ENCRYPTED/.test(Redacted.value(key)) ? "is encrypted with a passphrase" : "contains no private key",
        "It must contain the key as PEM text without a passphrase, in a file that only this user can read: "
          + "openssl pkey -in FILE -out FILE.pem"
      )
    }
    if (!certificate.value.checkPrivateKey(privateKey.value)) {
      return yield* refuse(
        "clientKey",
        clientKey.value,
        `is not the key for the certificate in ${clientCert.value.value}`,
        "Set clientCert and clientKey to files that were issued together. If they are being renewed, try again."
      )
    }
    return Option.some({ cert, key })
  })

const toMissingError = (given: Option.Option<Setting<string>>, option: string, missing: string) =>
  new NetworkError({
    reason: "File",
    message: `${option} is set${
      Option.match(given, { onNone: () => "", onSome: ({ origin }) => ` (${describe(origin)})` })
    }, but ${missing} is not`,
    hint: `Set ${missing} as well: a client certificate and its key belong together.`
  })
