/** Formats stored credentials for output. */
import type { StoredCredential } from "@altimate-code/auth/CredentialStore"
import * as Table from "../command-line/table.ts"

/** The display name of a provider; the ID if it has none. */
export const providerName = (id: string): string => id === "amazon-bedrock" ? "Amazon Bedrock" : id

/** One line per credential. */
export const render = (stored: ReadonlyArray<StoredCredential>): string =>
  Table.render(
    stored.map((
      { provider, type }
    ) => [`  ${providerName(provider)}`, provider, type === "api" ? "bearer token" : type])
  )
