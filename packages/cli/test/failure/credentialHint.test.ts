import { AuthError } from "@altimate-code/auth/AuthError"
import { NetworkError } from "@altimate-code/network/NetworkError"
import { assert, describe, it } from "@effect/vitest"
import { credentialHint } from "../../src/command-line/failure/hints/credentialHint.ts"

const hintFor = (fields: Omit<ConstructorParameters<typeof AuthError>[0], "message">) =>
  credentialHint(new AuthError({ message: "m", ...fields }))

describe("the hint for a credential that cannot be used", () => {
  for (
    const [what, fields, hint] of [
      ["a corrupt file", { reason: "CorruptStore" }, "store the token again: altimate-code auth login"],
      ["a file that can't be read", { reason: "StoreIO" }, "Check the permissions of the file"],
      [
        "a lock that can't be made",
        { reason: "StoreIO", lock: "/a.lock" },
        "If /a.lock exists and no other altimate-code is running"
      ],
      ["a lock that is held", { reason: "Locked", lock: "/a.lock" }, "Try again when that process has ended."],
      ["two authorizations", { reason: "Conflict", header: "Authorization" }, "Remove that header"],
      ["a missing header", { reason: "Conflict" }, "Add the header"],
      ["a command's output", { reason: "Malformed", source: "command" }, "It must print only the token"],
      ["a command that fails", { reason: "TokenCommand", source: "command" }, "Run the command yourself"],
      ["another token", { reason: "Malformed", source: "stored" }, "Copy the whole value again"],
      ["no source", { reason: "NoCredentials" }, "altimate-code auth login"],
      ["a web identity token", { reason: "NoCredentials", step: "web identity token" }, "AWS_WEB_IDENTITY_TOKEN_FILE"],
      ["a broken profile", { reason: "Profile", profile: "dev" }, "aws sts get-caller-identity --profile dev"],
      [
        "an expired session",
        { reason: "Expired", profile: "dev", renewal: "aws login" },
        "Renew the session: aws login --profile dev"
      ],
      [
        "the default profile's session",
        { reason: "Expired", renewal: "aws sso login" },
        "Renew the session: aws sso login"
      ],
      ["a slow credential_process", { reason: "Timeout", profile: "dev" }, "The command was stopped"],
      ["a slow network", { reason: "Timeout" }, "a network that drops packets"],
      ["a missing SDK", { reason: "Chain" }, "Reinstall altimate-code"],
      [
        "a network failure",
        { reason: "Profile", cause: new NetworkError({ reason: "Reset", message: "m", hint: "Use a proxy." }) },
        "Use a proxy."
      ]
    ] as const
  ) {
    it(`(${what}) explains what to do`, () => assert.include(hintFor(fields), hint))
  }
})
