/** `altimate-code auth`: stored credentials. */
import { activeEnvironment } from "@altimate-code/auth/ActiveEnvironment"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import { printable } from "@altimate-code/log/Printable"
import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { command } from "../command-line/commandTree.ts"
import { CliError } from "../command-line/failure/CliError.ts"
import { load } from "../command-line/lazy.ts"
import { providerArgument, providerOption, requireBedrock } from "../command-line/providerId.ts"
import { Stdio } from "../command-line/Stdio.ts"
import * as StoredCredentials from "./storedCredentials.ts"

const parameters = { provider: providerOption, named: providerArgument }

/** Reads the token from a hidden prompt or from stdin. */
const askForToken = Effect.gen(function*() {
  const { isInteractive, readPiped, writeError } = yield* Stdio
  const given = yield* isInteractive
    ? load(() => Promise.all([import("@effect/cli/Prompt"), import("@effect/platform-node/NodeTerminal")])).pipe(
      Effect.flatMap(([Prompt, NodeTerminal]) =>
        Effect.provide(
          Prompt.run(Prompt.hidden({ message: "Amazon Bedrock bearer token" })),
          NodeTerminal.layer
        )
      ),
      Effect.map(Redacted.value),
      Effect.catchTag("QuitException", () => Effect.zipRight(writeError("\n"), Effect.interrupt))
    )
    : Effect.map(readPiped({ isOptional: false }), Option.getOrElse(() => ""))
  if (given.trim() === "") {
    return yield* new CliError({
      reason: "Usage",
      message: "auth login got no token.",
      hint: "Run it in a terminal to enter one, or pipe it in: altimate-code auth login < token.txt"
    })
  }
  const { leftOut, value } = yield* Effect.mapError(PastedToken.read(given), (what) =>
    new CliError({
      reason: "Usage",
      message: `The token ${what}.`,
      hint: "Nothing was stored. Copy the whole token again, on one line and without anything around it."
    }))
  const notice = PastedToken.describeLeftOut(leftOut)
  if (Option.isSome(notice)) yield* writeError(`note: The token ${notice.value}.\n`)
  return Redacted.make(value)
})

const writeNotices = Effect.gen(function*() {
  const { notices } = yield* CredentialStore.CredentialStore
  const { writeError } = yield* Stdio
  yield* Effect.forEach(yield* notices, (notice) => writeError(`note: ${printable(notice)}\n`), { discard: true })
})

export const login = command("login", {
  description: "Store a bearer token from a hidden prompt or from stdin.",
  examples: [
    ["altimate-code auth login", "enter the token at a prompt"],
    ["vault read -field=token bedrock | altimate-code auth login", "pipe it in"]
  ],
  parameters,
  run: (given) =>
    Effect.gen(function*() {
      const provider = yield* requireBedrock([given.named, given.provider])
      const store = yield* CredentialStore.CredentialStore
      const { write, writeError } = yield* Stdio
      const token = yield* askForToken
      const isReplaced = (yield* store.list).some((stored) => stored.provider === provider)
      yield* store.set(provider, token)
      yield* writeNotices
      yield* write(
        `${isReplaced ? "Replaced" : "Stored"} the bearer token for ${
          StoredCredentials.providerName(provider)
        } in ${store.path}.\n`
      )
      yield* writeError("It was not tested: altimate-code doctor does that.\n")
      if ((yield* activeEnvironment).some(({ variable }) => variable === "AWS_BEARER_TOKEN_BEDROCK")) {
        yield* writeError("note: AWS_BEARER_TOKEN_BEDROCK is set and takes precedence over the stored token.\n")
      }
    }).pipe(Effect.provide(CredentialStore.layer))
})

export const logout = command("logout", {
  description: "Remove a stored credential.",
  examples: [["altimate-code auth logout", "remove the token"]],
  parameters,
  run: (given) =>
    Effect.gen(function*() {
      const provider = yield* requireBedrock([given.named, given.provider])
      const store = yield* CredentialStore.CredentialStore
      const { write } = yield* Stdio
      const removed = yield* store.remove(provider)
      yield* writeNotices
      yield* write(
        removed
          ? `Removed the credential for ${StoredCredentials.providerName(provider)} from ${store.path}.\n`
          : `No credential for ${StoredCredentials.providerName(provider)} is stored in ${store.path}.\n`
      )
    }).pipe(Effect.provide(CredentialStore.layer))
})

export const list = command("list", {
  description: "List the stored credentials. Their values are never shown.",
  examples: [["altimate-code auth list", "which credentials are stored, and where"]],
  parameters: {},
  run: () =>
    Effect.gen(function*() {
      const store = yield* CredentialStore.CredentialStore
      const { write } = yield* Stdio
      const stored = yield* store.list
      yield* write(
        stored.length === 0
          ? `No credentials are stored in ${store.path}.\n`
          : `${store.path}\n${StoredCredentials.render(stored)}`
      )
    }).pipe(Effect.provide(CredentialStore.layer))
})
