/** `altimate-code providers`: the available credentials, and which one is used and why. */
import { activeEnvironment } from "@altimate-code/auth/ActiveEnvironment"
import * as Auth from "@altimate-code/auth/Auth"
import * as BedrockKey from "@altimate-code/auth/BedrockKey"
import { type Credential, describe, notice } from "@altimate-code/auth/Credential"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import { Settings } from "@altimate-code/config/Settings"
import * as SigningScope from "@altimate-code/provider/SigningScope"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { command } from "../command-line/commandTree.ts"
import { format } from "../command-line/formatOption.ts"
import { Stdio, writeJson } from "../command-line/Stdio.ts"
import * as Table from "../command-line/table.ts"
import * as TokenCommands from "../model/tokenCommands.ts"
import { endpoint, withSettings } from "../workspace/withSettings.ts"
import * as StoredCredentials from "./storedCredentials.ts"

/** Reads the region and expiry of a short-term Bedrock API key. */
const readKey = (credential: Credential) =>
  credential._tag === "Bearer" ? BedrockKey.read(Redacted.value(credential.token)) : Option.none()

const describeKey = ({ expiresAt, region }: BedrockKey.BedrockKey, requests: string, now: number): string => {
  const time = `${expiresAt.getTime() <= now ? "expired" : "expires"} at ${expiresAt.toISOString()}`
  const place = region === requests ? region : `${region}, but requests go to ${requests}`
  return `  a Bedrock API key for ${place}; ${time}\n`
}

export const list = command("list", {
  description: "List all credentials; show which one is used, and why.",
  examples: [
    ["altimate-code providers list", "which credential is used, and why"],
    ["altimate-code providers list --format json", "the same as JSON"]
  ],
  parameters: { format },
  run: ({ format }) =>
    Effect.gen(function*() {
      const { credential } = yield* Auth.Auth
      const store = yield* CredentialStore.CredentialStore
      const { write, writeError } = yield* Stdio
      const stored = yield* store.list
      const environment = yield* activeEnvironment
      const settings = yield* Settings
      const decide = Effect.tap(credential, (used) =>
        Option.match(notice(used), {
          onNone: () => Effect.void,
          onSome: (notice) => writeError(`note: ${notice}\n`)
        }))
      // A missing endpoint must not hide the rest of the list.
      const resolveSigning = (used: Credential) =>
        used._tag === "AwsChain"
          ? Effect.map(Effect.option(endpoint), Option.map(({ url }) => SigningScope.resolve(settings, url)))
          : Effect.succeedNone

      if (format === "json") {
        const used = yield* decide
        const key = readKey(used)
        const signing = yield* resolveSigning(used)
        return yield* writeJson({
          provider: { id: "amazon-bedrock", name: "Amazon Bedrock" },
          credentials: { path: store.path, stored },
          environment,
          used: {
            credential: describe(used),
            ...(Option.isSome(key) && { key: key.value }),
            ...(Option.isSome(signing) && { signing: signing.value }),
            considered: used.considered
          }
        }, 2)
      }

      yield* write(`Credentials  ${store.path}\n`)
      yield* write(
        stored.length === 0
          ? "  none stored\n"
          : StoredCredentials.render(stored)
      )
      yield* write("\nEnvironment\n")
      yield* write(
        environment.length === 0
          ? "  no AWS variable is set\n"
          : Table.render(environment.map(({ note, variable }) => ["  Amazon Bedrock", variable, note]))
      )
      // Resolved after the lists are printed, which help to correct a credential that can't be used.
      const used = yield* decide
      const key = readKey(used)
      yield* write(`\nAmazon Bedrock uses: ${describe(used)}\n`)
      const signed = Option.flatMap(yield* resolveSigning(used), SigningScope.describe)
      if (Option.isSome(signed)) yield* write(`  ${signed.value}\n`)
      if (Option.isSome(key)) {
        yield* write(describeKey(key.value, settings.region.value, yield* Clock.currentTimeMillis))
      }
      yield* write(Table.render(used.considered.map(({ outcome, where }, i) => [`  ${i + 1}.`, where, outcome])))
    }).pipe(
      Effect.provide(Layer.provideMerge(Auth.layer, Layer.merge(CredentialStore.layer, TokenCommands.disabled))),
      withSettings()
    )
})
