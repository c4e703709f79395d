import type { Gateway } from "@altimate-code/config/Gateway"

type Header = readonly [name: string, value: Gateway["headers"][string]]

/** Finds the header that would take the place of the credential. */
export const findAuthorization = (headers: ReadonlyArray<Header>): Header | undefined =>
  headers.find(([name]) => name.toLowerCase() === "authorization")
