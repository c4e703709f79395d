/** The steps of sending a response. */

export type Step =
  | { readonly type: "Wait"; readonly millis: number }
  | { readonly type: "Head"; readonly status: number; readonly headers: Headers }
  | { readonly type: "Bytes"; readonly bytes: Uint8Array }
  /** The body ends, without an HTTP error. */
  | { readonly type: "End" }
  /** Nothing more is sent, and the socket stays open. */
  | { readonly type: "Stall" }
  /** The socket is destroyed. */
  | { readonly type: "Reset" }

export type Steps = ReadonlyArray<Step>

export type Headers = Readonly<Record<string, string>>

export const end: Step = { type: "End" }
export const stall: Step = { type: "Stall" }
export const reset: Step = { type: "Reset" }
export const head = (status: number, headers: Headers): Step => ({ type: "Head", status, headers })
export const bytes = (bytes: Uint8Array): Step => ({ type: "Bytes", bytes })
export const wait = (millis: number | undefined): Steps =>
  millis === undefined || millis === 0 ? [] : [{ type: "Wait", millis }]

/** A response with a body of known length. */
export const wholeResponse = (status: number, headers: Headers, body: string): Steps => {
  const encoded = Buffer.from(body, "utf8")
  return [head(status, { ...headers, "content-length": String(encoded.length) }), bytes(encoded), end]
}
