import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import type { AuthError } from "../src/AuthError.ts"
import type { ResolvedAwsCredentials } from "../src/AwsCredentials.ts"
import { machine, server, temporaryKeys } from "./machine.ts"

/** As plain text, for comparison. */
const plain = (
  { accessKeyId, expiration, refreshable, secretAccessKey, sessionToken, source }: ResolvedAwsCredentials
) => ({
  accessKeyId,
  secretAccessKey: Redacted.value(secretAccessKey),
  sessionToken: Option.getOrNull(Option.map(sessionToken, Redacted.value)),
  expiration: Option.getOrNull(Option.map(expiration, (date) => date.toISOString())),
  source,
  refreshable
})

const outcomes = (error: AuthError) => (error.steps ?? []).map(({ outcome, step }) => `${step}: ${outcome}`)

const keyVariables = { AWS_ACCESS_KEY_ID: "AKIA-VARIABLE", AWS_SECRET_ACCESS_KEY: "variable-secret" }

const profile = (name: string, ...lines: ReadonlyArray<string>) => [`[${name}]`, ...lines, ""].join("\n")

const keys = (who: string) => [`aws_access_key_id = AKIA-${who}`, `aws_secret_access_key = ${who}-secret`]

const noSuchProfile = "the profile does not exist or has no credentials"

const corp = profile("sso-session corp", "sso_start_url = https://corp.example/start", "sso_region = eu-west-1")

const corpProfile = profile("profile dev", "sso_session = corp", "sso_account_id = 123456789012", "sso_role_name = dev")

/** The SDK uses the SHA-1 of the session's name. */
const ssoCache = `sso/cache/${createHash("sha1").update("corp").digest("hex")}.json`

layer(NodeContext.layer)("the AWS credential chain", (it) => {
  it.scoped("starts with the key variables, before AWS_PROFILE", () =>
    Effect.gen(function*() {
      const { log, resolve } = yield* machine({
        env: { ...keyVariables, AWS_SESSION_TOKEN: "variable-token", AWS_PROFILE: "dev" },
        files: { config: profile("profile dev", ...keys("dev")) }
      })
      assert.deepStrictEqual(plain(yield* resolve()), {
        accessKeyId: "AKIA-VARIABLE",
        secretAccessKey: "variable-secret",
        sessionToken: "variable-token",
        expiration: null,
        source: "AWS_ACCESS_KEY_ID",
        refreshable: false
      })
      assert.deepStrictEqual(log, ["DEBUG auth credential chain: key variables: used"])
    }))

  it.scoped("continues if one of the two key variables is missing or blank", () =>
    Effect.gen(function*() {
      const files = { credentials: profile("default", ...keys("default")) }
      const first = yield* machine({ env: { AWS_ACCESS_KEY_ID: "AKIA-VARIABLE", AWS_SECRET_ACCESS_KEY: " " }, files })
      assert.strictEqual((yield* first.resolve()).accessKeyId, "AKIA-default")
      assert.deepStrictEqual(first.log, [
        "DEBUG auth credential chain: key variables: AWS_SECRET_ACCESS_KEY is not set",
        "DEBUG auth credential chain: AWS_PROFILE: not set",
        "DEBUG auth credential chain: default profile: used"
      ])
      const second = yield* machine({ env: { AWS_SECRET_ACCESS_KEY: "variable-secret" }, files })
      yield* second.resolve()
      assert.match(second.log[0]!, /AWS_ACCESS_KEY_ID is not set$/)
    }))

  it.scoped("rejects a key with an invalid character, naming the character and the source", () =>
    Effect.gen(function*() {
      const cases = [
        [{ AWS_ACCESS_KEY_ID: "AKIA\nCANARY" }, "AWS_ACCESS_KEY_ID has a line break at position 5"],
        [{ AWS_SECRET_ACCESS_KEY: "\"canary-secret\"" }, "AWS_SECRET_ACCESS_KEY is in quotation marks"],
        [{ AWS_SECRET_ACCESS_KEY: "canary secret" }, "AWS_SECRET_ACCESS_KEY has a space at position 7"],
        [{ AWS_SESSION_TOKEN: "canary\u200b-token" }, "AWS_SESSION_TOKEN has a zero-width space (U+200B) at position 7"]
      ] as const
      for (const [env, what] of cases) {
        const { resolve } = yield* machine({ env: { ...keyVariables, ...env } })
        const error = yield* Effect.flip(resolve())
        assert.strictEqual(error.reason, "Malformed")
        assert.include(error.message, what)
        assert.notMatch(JSON.stringify(error), /canary/i)
      }
      const { resolve } = yield* machine({
        files: {
          credentials: profile("default", "aws_access_key_id = AKIA", "aws_secret_access_key = canary\u00a0secret")
        }
      })
      const { message } = yield* Effect.flip(resolve())
      assert.include(
        message,
        "The secret access key from the default AWS profile has a no-break space (U+00A0) at position 7"
      )
    }))

  it.scoped("reports the outcome of every step in order if none has credentials", () =>
    Effect.gen(function*() {
      const { log, resolve } = yield* machine({})
      const error = yield* Effect.flip(resolve())
      const said = [
        "key variables: not set",
        "AWS_PROFILE: not set",
        `default profile: ${noSuchProfile}`,
        "web identity token: not set",
        "container credentials: not set",
        "EC2 instance metadata: disabled by AWS_EC2_METADATA_DISABLED"
      ]
      assert.strictEqual(error.reason, "NoCredentials")
      assert.deepStrictEqual(outcomes(error), said)
      assert.strictEqual(
        error.message,
        [
          "No AWS credentials were found. Looked in this order:",
          ...said.map((line, index) => `  ${index + 1}. ${line}`)
        ].join("\n")
      )
      assert.deepStrictEqual(log, said.map((line) => `DEBUG auth credential chain: ${line}`))
    }))

  it.scoped("finds no credentials in a broken config file", () =>
    Effect.gen(function*() {
      const { resolve } = yield* machine({
        files: { config: "[default\n= ]]\u0000\naws_access_key_id\n[", credentials: "{" }
      })
      assert.strictEqual((yield* Effect.flip(resolve())).reason, "NoCredentials")
    }))

  describe("with a named profile", () => {
    it.scoped("prefers AWS_PROFILE to the default profile", () =>
      Effect.gen(function*() {
        const { resolve } = yield* machine({
          env: { AWS_PROFILE: "dev" },
          files: { config: profile("profile dev", ...keys("dev")), credentials: profile("default", ...keys("default")) }
        })
        assert.deepStrictEqual(plain(yield* resolve()), {
          accessKeyId: "AKIA-dev",
          secretAccessKey: "dev-secret",
          sessionToken: null,
          expiration: null,
          source: "AWS profile dev",
          refreshable: true
        })
      }))

    it.scoped("prefers the configured profile to everything else", () =>
      Effect.gen(function*() {
        const { log, resolve } = yield* machine({
          env: { ...keyVariables, AWS_PROFILE: "dev" },
          files: { config: profile("profile dev", ...keys("dev")) + profile("profile chosen", ...keys("chosen")) }
        })
        assert.strictEqual((yield* resolve({ profile: "chosen" })).source, "AWS profile chosen")
        assert.deepStrictEqual(log, ["DEBUG auth credential chain: profile chosen: used"])
        assert.strictEqual((yield* resolve()).source, "AWS_ACCESS_KEY_ID")
      }))

    it.scoped("stops if the configured profile or AWS_PROFILE fails", () =>
      Effect.gen(function*() {
        const { requests, url } = yield* server(() => temporaryKeys(1))
        const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }
        const files = { credentials: profile("default", ...keys("default")) }
        const configured = yield* machine({ env: { ...keyVariables, ...container }, files })
        const first = yield* Effect.flip(configured.resolve({ profile: "gone" }))
        assert.strictEqual(first.reason, "Profile")
        assert.strictEqual(
          first.message,
          `AWS profile gone, chosen by ALTIMATE_CLI_CONFIG_CONTENT:1:2, has no usable credentials: ${noSuchProfile}`
        )
        assert.strictEqual(first.profile, "gone")
        assert.deepStrictEqual(outcomes(first), [`profile gone: ${noSuchProfile}`])

        const named = yield* machine({ env: { ...container, AWS_PROFILE: "gone" }, files })
        const second = yield* Effect.flip(named.resolve())
        assert.strictEqual(second.reason, "Profile")
        assert.include(second.message, "AWS profile gone, chosen by AWS_PROFILE")
        assert.deepStrictEqual(outcomes(second), ["key variables: not set", `AWS_PROFILE: ${noSuchProfile}`])
        assert.deepStrictEqual(requests, [])
      }))

    it.scoped("runs its credential_process", () =>
      Effect.gen(function*() {
        const { resolve } = yield* machine({
          env: { AWS_PROFILE: "dev" },
          files: {
            "helper.sh":
              `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"ASIA-P","SecretAccessKey":"process-secret","SessionToken":"process-token","Expiration":"2999-01-01T00:00:00Z"}'`,
            config: profile("profile dev", "credential_process = sh \"$HOME/.aws/helper.sh\"")
          }
        })
        assert.deepStrictEqual(plain(yield* resolve()), {
          accessKeyId: "ASIA-P",
          secretAccessKey: "process-secret",
          sessionToken: "process-token",
          expiration: "2999-01-01T00:00:00.000Z",
          source: "AWS profile dev",
          refreshable: true
        })
      }))

    for (
      const [what, script, words] of [
        [
          "fails",
          "echo canary-stderr >&2; exit 3",
          "its credential_process failed; run the command yourself to see why"
        ],
        ["prints invalid JSON", "echo canary-stdout", "Profile dev credential_process returned invalid JSON."],
        [
          "returns expired credentials",
          `echo '{"Version":1,"AccessKeyId":"canary","SecretAccessKey":"canary","Expiration":"2001-01-01T00:00:00Z"}'`,
          "Profile dev credential_process returned expired credentials."
        ]
      ] as const
    ) {
      it.scoped(`reports that its credential_process ${what}, without its arguments or output`, () =>
        Effect.gen(function*() {
          const { log, resolve } = yield* machine({
            env: { AWS_PROFILE: "dev" },
            files: {
              "helper.sh": script,
              config: profile(
                "profile dev",
                "credential_process = sh \"$HOME/.aws/helper.sh\" --password canary-argument"
              )
            }
          })
          const error = yield* Effect.flip(resolve())
          assert.strictEqual(error.reason, "Profile")
          assert.deepStrictEqual(outcomes(error).at(-1), `AWS_PROFILE: ${words}`)
          assert.notInclude(JSON.stringify([error, log]), "canary")
        }))
    }

    for (
      const [what, cache] of [
        ["has expired", `{"accessToken":"canary-token","expiresAt":"2001-01-01T00:00:00Z"}`],
        ["is missing", undefined],
        ["is broken", `canary-token`]
      ] as const
    ) {
      it.scoped(`requires aws sso login if the SSO session ${what}`, () =>
        Effect.gen(function*() {
          const { log, resolve } = yield* machine({
            env: { AWS_PROFILE: "dev" },
            files: { config: corp + corpProfile, ...(cache === undefined ? {} : { [ssoCache]: cache }) }
          })
          const error = yield* Effect.flip(resolve())
          assert.strictEqual(error.reason, "Expired")
          assert.deepInclude(error, { renewal: "aws sso login", profile: "dev" })
          assert.notInclude(JSON.stringify([error, log]), "canary")
        }))
    }

    it.scoped("requires aws login if the login session is broken, without showing its content", () =>
      Effect.gen(function*() {
        const file = `login/cache/${createHash("sha256").update("arn:aws:x").digest("hex")}.json`
        const { log, resolve } = yield* machine({
          env: { AWS_PROFILE: "dev" },
          files: { config: profile("profile dev", "login_session = arn:aws:x"), [file]: "canary-token" }
        })
        const error = yield* Effect.flip(resolve())
        assert.deepInclude(error, { renewal: "aws login", profile: "dev" })
        assert.notInclude(JSON.stringify([error, log]), "canary")
      }))

    it.scoped("requires aws sso login if SSO no longer accepts the token", () =>
      Effect.gen(function*() {
        const sso = yield* server((_, response) => {
          response.statusCode = 401
          response.setHeader("x-amzn-errortype", "UnauthorizedException")
          return { message: "Session token not found or invalid" }
        })
        const { resolve } = yield* machine({
          env: { AWS_PROFILE: "dev", AWS_ENDPOINT_URL_SSO: sso.url },
          files: {
            config: corp + corpProfile,
            [ssoCache]: JSON.stringify({ accessToken: "sso-token", expiresAt: "2999-01-01T00:00:00Z" })
          }
        })
        assert.deepInclude(yield* Effect.flip(resolve()), { renewal: "aws sso login", profile: "dev" })
        assert.strictEqual(sso.requests.length, 1)
      }))

    for (
      const [what, session] of [
        ["not configured", ""],
        ["configured incompletely", profile("sso-session corp", "sso_region = eu-west-1")]
      ] as const
    ) {
      it.scoped(`does not require a login if the SSO session is ${what}`, () =>
        Effect.gen(function*() {
          const { resolve } = yield* machine({ env: { AWS_PROFILE: "dev" }, files: { config: session + corpProfile } })
          const error = yield* Effect.flip(resolve())
          assert.strictEqual(error.reason, "Profile")
          assert.notInclude(error.message, "undefined")
        }))
    }

    it.scoped("assumes its role at STS in the region of the profile, or else in the given region", () =>
      Effect.gen(function*() {
        const sts = yield* server(() => stsAnswer("AssumeRole"))
        const { resolve } = yield* machine({
          env: { AWS_ENDPOINT_URL_STS: sts.url },
          files: {
            config: profile("default", ...keys("base"))
              + profile("profile a", "role_arn = arn:aws:iam::123456789012:role/a", "source_profile = default")
              + profile(
                "profile b",
                "role_arn = arn:aws:iam::123456789012:role/b",
                "source_profile = default",
                "region = sa-east-1"
              )
          }
        })
        assert.strictEqual((yield* resolve({ profile: "a" })).accessKeyId, "ASIA-STS")
        assert.strictEqual((yield* resolve({ profile: "b" })).accessKeyId, "ASIA-STS")
        assert.deepStrictEqual(
          sts.requests.map(({ headers }) =>
            /Credential=([^,]*)/.exec(headers.authorization ?? "")?.[1]?.replace(/\d{8}/, "")
          ),
          ["AKIA-base//eu-central-1/sts/aws4_request", "AKIA-base//sa-east-1/sts/aws4_request"]
        )
      }))
  })

  describe("with the default profile", () => {
    it.scoped("stops if the profile is configured but broken", () =>
      Effect.gen(function*() {
        const { requests, url } = yield* server(() => temporaryKeys(1))
        const { resolve } = yield* machine({
          env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url },
          files: {
            config: profile(
              "default",
              "sso_start_url = https://corp.example/start",
              "sso_region = eu-west-1",
              "sso_account_id = 123456789012",
              "sso_role_name = dev"
            )
          }
        })
        const error = yield* Effect.flip(resolve())
        assert.strictEqual(error.reason, "Expired")
        assert.deepInclude(error, { renewal: "aws sso login", profile: undefined })
        assert.deepStrictEqual(requests, [])
      }))

    it.scoped("reads the files again on a refresh", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { home, resolve } = yield* machine({ files: { credentials: profile("default", ...keys("one")) } })
        assert.strictEqual((yield* resolve()).accessKeyId, "AKIA-one")
        yield* fs.writeFileString(`${home}/.aws/credentials`, profile("default", ...keys("two")))
        assert.strictEqual((yield* resolve()).accessKeyId, "AKIA-one")
        assert.strictEqual((yield* resolve({ refresh: true })).accessKeyId, "AKIA-two")
        assert.strictEqual((yield* resolve()).accessKeyId, "AKIA-two")
      }))
  })

  describe("with a web identity token", () => {
    it.scoped("assumes the role", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        yield* fs.writeFileString(`${directory}/token`, "web-token")
        const sts = yield* server(() => stsAnswer("AssumeRoleWithWebIdentity"))
        const { resolve } = yield* machine({ env: pod(sts.url, directory) })
        const credentials = yield* resolve()
        assert.deepStrictEqual([credentials.accessKeyId, credentials.source], ["ASIA-STS", "the web identity token"])
        assert.include(sts.requests[0]?.body ?? "", "WebIdentityToken=web-token")
      }))

    it.scoped("stops if STS refuses, and reports STS's message", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        yield* fs.writeFileString(`${directory}/token`, "web-token")
        const sts = yield* server((_, response) => {
          response.statusCode = 403
          return stsRefusal
        })
        const { resolve } = yield* machine({ env: pod(sts.url, directory) })
        const error = yield* Effect.flip(resolve())
        assert.strictEqual(error.reason, "NoCredentials")
        assert.strictEqual(
          error.message,
          "The web identity token provides no usable credentials: Not authorized to assume the role"
        )
        assert.strictEqual(error.steps?.length, 4)
      }))

    it.scoped("requires a role", () =>
      Effect.gen(function*() {
        const { resolve } = yield* machine({ env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere/token" } })
        assert.include(outcomes(yield* Effect.flip(resolve())), "web identity token: AWS_ROLE_ARN is not set")
      }))
  })

  describe("in a container", () => {
    it.scoped("requests credentials from the container's endpoint, with its token", () =>
      Effect.gen(function*() {
        const { requests, url } = yield* server(() => temporaryKeys(1))
        const { log, resolve } = yield* machine({
          env: {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/creds?a=b`,
            AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token"
          }
        })
        assert.deepStrictEqual(plain(yield* resolve()), {
          accessKeyId: "ASIA-1",
          secretAccessKey: "temporary-secret-1",
          sessionToken: "temporary-token-1",
          expiration: "1970-01-01T01:00:00.000Z",
          source: "the container credentials",
          refreshable: true
        })
        assert.deepStrictEqual(requests.map(({ headers, path }) => [path, headers.authorization]), [
          ["GET /creds?a=b", "container-token"]
        ])
        assert.strictEqual(log.at(-1), "DEBUG auth credential chain: container credentials: used")
      }))

    it.scoped("never uses the host's identity or shows a response that is not JSON", () =>
      Effect.gen(function*() {
        const host = yield* server(() => temporaryKeys("host"))
        const { url } = yield* server(() => "canary-secret")
        const { log, resolve } = yield* machine({
          env: {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
            AWS_EC2_METADATA_DISABLED: "false",
            AWS_EC2_METADATA_SERVICE_ENDPOINT: host.url
          }
        })
        const error = yield* Effect.flip(resolve())
        assert.deepStrictEqual(outcomes(error).slice(-2), [
          "container credentials: it received invalid JSON",
          "EC2 instance metadata: not used in a container"
        ])
        assert.notInclude(JSON.stringify([error, log]), "canary")
        assert.deepStrictEqual(host.requests, [])
      }))
  })

  describe("on an EC2 instance", () => {
    it.scoped("uses the instance metadata last", () =>
      Effect.gen(function*() {
        const { requests, url } = yield* server(({ url }) =>
          url === "/latest/api/token" ? "imds-token" : url?.endsWith("/") === true ? "the-role" : temporaryKeys("ec2")
        )
        const { log, resolve } = yield* machine({
          env: { AWS_EC2_METADATA_DISABLED: "", AWS_EC2_METADATA_SERVICE_ENDPOINT: url }
        })
        assert.strictEqual((yield* resolve()).accessKeyId, "ASIA-ec2")
        assert.strictEqual(requests.at(-1)?.path, "GET /latest/meta-data/iam/security-credentials/the-role")
        assert.strictEqual(log.length, 6)
      }))

    it.scoped("does not wait long for instance metadata that does not respond", () =>
      Effect.gen(function*() {
        const { url } = yield* server(() => new Promise(() => {}))
        const { resolve } = yield* machine({
          env: { AWS_EC2_METADATA_DISABLED: "FALSE", AWS_EC2_METADATA_SERVICE_ENDPOINT: url }
        })
        const before = performance.now()
        const error = yield* Effect.flip(resolve())
        assert.isBelow(performance.now() - before, 5000)
        assert.match(outcomes(error).at(-1)!, /^EC2 instance metadata: TimeoutError/)
      }))
  })

  it.scoped("registers every secret that it finds", () =>
    Effect.gen(function*() {
      const { url } = yield* server(() => temporaryKeys(1))
      const first = yield* machine({ env: { ...keyVariables, AWS_SESSION_TOKEN: "variable-token" } })
      yield* first.resolve()
      assert.strictEqual(
        first.mask("AKIA-VARIABLE variable-secret variable-token"),
        "<redacted> <redacted> <redacted>"
      )
      const second = yield* machine({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url } })
      yield* second.resolve()
      assert.strictEqual(second.mask("temporary-secret-1 temporary-token-1"), "<redacted> <redacted>")
    }))
})

const pod = (sts: string, directory: string) => ({
  AWS_ENDPOINT_URL_STS: sts,
  AWS_WEB_IDENTITY_TOKEN_FILE: `${directory}/token`,
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod"
})

const stsAnswer = (action: string) =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>`
  + `<AccessKeyId>ASIA-STS</AccessKeyId><SecretAccessKey>sts-secret</SecretAccessKey><SessionToken>sts-token</SessionToken>`
  + `<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></${action}Result></${action}Response>`

const stsRefusal = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>`
  + `<Code>AccessDenied</Code><Message>Not authorized to assume the role\ncanary-of-the-request</Message></Error></ErrorResponse>`
