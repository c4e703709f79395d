/** `altimate-code providers`: what credentials there are, which is used, and why. */
import { activeEnvironment } from "@altimate-code/auth/ActiveEnvironment"
import * as Auth from "@altimate-code/auth/Auth"
import { describe } from "@altimate-code/auth/Credential"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { action } from "../CommandTree.ts"
import { configured } from "../Configured.ts"
import { Stdio } from "../Stdio.ts"
import * as StoredCredentials from "../StoredCredentials.ts"
import * as Table from "../Table.ts"
import * as TokenCommands from "../TokenCommands.ts"
import { format } from "./format.ts"

export const list = action(
  Command.make("list", { format }, ({ format }) =>
    Effect.gen(function*() {
      const { credential } = yield* Auth.Auth
      const store = yield* CredentialStore.CredentialStore
      const { write } = yield* Stdio
      const stored = yield* store.list
      const environment = yield* activeEnvironment
      const used = yield* credential

      if (format === "json") {
        return yield* write(`${
          JSON.stringify(
            {
              provider: { id: "amazon-bedrock", name: "Amazon Bedrock" },
              credentials: { path: store.path, stored },
              environment,
              used: { credential: describe(used), considered: used.considered }
            },
            null,
            2
          )
        }\n`)
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
      yield* write(`\nAmazon Bedrock uses: ${describe(used)}\n`)
      yield* write(Table.render(used.considered.map(({ outcome, where }, i) => [`  ${i + 1}.`, where, outcome])))
    }).pipe(
      Effect.provide(Layer.provideMerge(Auth.layer, Layer.merge(CredentialStore.layer, TokenCommands.unasked))),
      configured()
    )).pipe(
      Command.withDescription("List stored credentials and active environment variables, then say which wins and why.")
    ),
  [
    ["altimate-code providers list", "which credential would be used, and why"],
    ["altimate-code providers list --format json", "the same for a program"]
  ]
)
