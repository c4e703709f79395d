/** The stored credentials as a person reads them. */
import type { StoredCredential } from "@altimate-code/auth/CredentialStore"
import * as Table from "../command-line/table.ts"

/** A provider as a person knows it: `amazon-bedrock` is Amazon Bedrock; any other is called by its ID. */
export const providerName = (id: string): string => id === "amazon-bedrock" ? "Amazon Bedrock" : id

/** A line for each. */
export const render = (stored: ReadonlyArray<StoredCredential>): string =>
  Table.render(stored.map(({ provider, type }) => [`  ${providerName(provider)}`, provider, type]))
