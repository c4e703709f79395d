/** Stores a credential for each given provider, one after another. */
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as CredentialStore from "../../src/CredentialStore.ts"
import { directories } from "../directories.ts"
import { standingClock } from "../standingClock.ts"

const [home = "", ...providers] = process.argv.slice(2)

Effect.gen(function*() {
  const store = yield* CredentialStore.CredentialStore
  yield* Effect.forEach(providers, (provider) => store.set(provider, Redacted.make(`token-of-${provider}`)))
}).pipe(
  Effect.withClock(standingClock),
  Effect.provide(CredentialStore.layer),
  Effect.provide([directories(home), Secrets.layer, NodeContext.layer]),
  Effect.runFork
)
