/** Problems that nginx and similar servers report with a nonstandard status, or with status 400 and an error page. Pure. */

export type NginxProblem = "client-certificate" | "plain-http" | "headers-too-large"

const pages: ReadonlyArray<readonly [NginxProblem, RegExp]> = [
  ["client-certificate", /no required SSL certificate was sent|SSL certificate error/i],
  [
    "plain-http",
    /plain HTTP request was sent to HTTPS port|client sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i
  ],
  ["headers-too-large", /request header or cookie too large/i]
]

const byStatus: Readonly<Record<number, NginxProblem>> = {
  431: "headers-too-large",
  494: "headers-too-large",
  495: "client-certificate",
  496: "client-certificate",
  497: "plain-http"
}

export const nginxProblem = (status: number | undefined, text: string): NginxProblem | undefined =>
  status === undefined
    ? undefined
    : byStatus[status] ?? (status === 400 ? pages.find(([, pattern]) => pattern.test(text))?.[0] : undefined)
