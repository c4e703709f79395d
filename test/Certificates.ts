/** Generates certificate authorities and the certificates that they issue. */
import * as Effect from "effect/Effect"
import { generate } from "selfsigned"

export interface Issued {
  readonly cert: string
  readonly key: string
}

export interface Names {
  /** The subject's common name. */
  readonly name: string
  /** The DNS names and IP addresses that a server certificate is valid for. */
  readonly hosts?: ReadonlyArray<string>
  readonly notAfter?: Date
}

const year = 365 * 24 * 60 * 60 * 1000

const make = (
  { hosts = [], name, notAfter = new Date(Date.now() + year) }: Names,
  ca: boolean,
  signer?: Issued
): Effect.Effect<Issued> =>
  Effect.promise(async () => {
    const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
      keyType: "ec",
      algorithm: "sha256",
      notBeforeDate: new Date(Math.min(Date.now(), notAfter.getTime()) - 2 * year),
      notAfterDate: notAfter,
      extensions: [
        { name: "basicConstraints", cA: ca, critical: true },
        ...(ca ? [{ name: "keyUsage" as const, keyCertSign: true, cRLSign: true, critical: true }] : []),
        ...(hosts.length === 0 ? [] : [{
          name: "subjectAltName" as const,
          altNames: hosts.map((host) =>
            /^[\d.]+$/.test(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host }
          )
        }])
      ],
      ...(signer === undefined ? {} : { ca: signer })
    })
    return { cert, key }
  })

/** A company's own certificate authority. */
export const makeAuthority = (name: string) =>
  Effect.map(make({ name }, true), (authority) => ({
    cert: authority.cert,
    issue: (names: Names) => make(names, false, authority)
  }))

/** A self-signed certificate. */
export const makeSelfSigned = (names: Names) => make(names, false)
