/** Pages of nginx and others whose status is 400 though the cause has a number of its own. Pure. */

export type Meaning = "certificate" | "tls" | "headers"

const meanings: ReadonlyArray<readonly [Meaning, RegExp]> = [
  ["certificate", /no required SSL certificate was sent|SSL certificate error/i],
  [
    "tls",
    /plain HTTP request was sent to HTTPS port|client sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i
  ],
  ["headers", /request header or cookie too large/i]
]

const byStatus: Readonly<Record<number, Meaning>> = {
  431: "headers",
  494: "headers",
  495: "certificate",
  496: "certificate",
  497: "tls"
}

export const meaningOf = (status: number | undefined, words: string): Meaning | undefined =>
  status === undefined
    ? undefined
    : byStatus[status] ?? (status === 400 ? meanings.find(([, said]) => said.test(words))?.[0] : undefined)
