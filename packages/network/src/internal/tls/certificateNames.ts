/** Describes certificates in messages. */
import type { Certificate, PeerCertificate } from "node:tls"

/** Formats the common name and organization of a distinguished name: `Corp Root CA (Corp Ltd.)`. */
export const describeName = (name: Certificate | undefined): string => {
  const field = (value: unknown) => [value ?? []].flat().join(" ")
  const common = field(name?.CN)
  const organization = field(name?.O)
  if (common === "") return organization === "" ? "an unnamed authority" : organization
  return organization === "" || organization === common ? common : `${common} (${organization})`
}

/** Lists the hosts that a certificate is valid for. */
export const describeHosts = ({ subject, subjectaltname }: PeerCertificate): string =>
  subjectaltname?.replaceAll(/\b(?:DNS|IP Address):/g, "") ?? describeName(subject)
