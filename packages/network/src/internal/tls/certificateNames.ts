/** Certificates in words. Pure. */
import type { Certificate, PeerCertificate } from "node:tls"

/** A distinguished name by what people know of it: `Corp Root CA (Corp Ltd.)`. */
export const described = (name: Certificate | undefined): string => {
  const field = (value: unknown) => [value ?? []].flat().join(" ")
  const common = field(name?.CN)
  const organisation = field(name?.O)
  if (common === "") return organisation === "" ? "an authority without a name" : organisation
  return organisation === "" || organisation === common ? common : `${common} (${organisation})`
}

/** The hosts that it is for. */
export const names = ({ subject, subjectaltname }: PeerCertificate): string =>
  subjectaltname?.replaceAll(/\b(?:DNS|IP Address):/g, "") ?? described(subject)
