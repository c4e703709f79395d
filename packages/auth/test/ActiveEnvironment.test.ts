import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { activeEnvironment } from "../src/ActiveEnvironment.ts"

const active = (env: Record<string, string>) =>
  Effect.withConfigProvider(activeEnvironment, ConfigProvider.fromMap(new Map(Object.entries(env))))

describe("the active environment", () => {
  it.effect("lists the variables that are set, and the values that are not secrets", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* active({
          AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "https://me:s3cr3t@gateway.example/v1",
          AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/s3cr3t",
          AWS_PROFILE: "dev",
          AWS_SESSION_TOKEN: "s3cr3t-4",
          AWS_SECRET_ACCESS_KEY: "s3cr3t-3",
          AWS_ACCESS_KEY_ID: "s3cr3t-2",
          AWS_BEARER_TOKEN_BEDROCK: "s3cr3t-1",
          AWS_REGION: "eu-west-1",
          AWS_USE_FIPS_ENDPOINT: "true",
          AWS_OTHER: "x",
          HOME: "/home/x"
        }),
        [
          { variable: "AWS_BEARER_TOKEN_BEDROCK", note: "bearer token" },
          { variable: "AWS_ACCESS_KEY_ID", note: "access key" },
          { variable: "AWS_SECRET_ACCESS_KEY", note: "secret access key" },
          { variable: "AWS_SESSION_TOKEN", note: "session token" },
          { variable: "AWS_PROFILE", note: "named profile: dev" },
          { variable: "AWS_REGION", note: "region: eu-west-1" },
          { variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI", note: "container credentials" },
          {
            variable: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
            note: "Bedrock endpoint: https://me:<redacted>@gateway.example/v1"
          },
          { variable: "AWS_USE_FIPS_ENDPOINT", note: "FIPS endpoint: true" }
        ]
      )
    }))

  it.effect("leaves out blank variables", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* active({ AWS_BEARER_TOKEN_BEDROCK: "", AWS_PROFILE: " \t" }), [])
    }))

  it.effect("escapes terminal control characters in values", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* active({ AWS_PROFILE: "a\u001b[2Jb" }))[0]?.note, "named profile: a\\u{1b}[2Jb")
    }))
})
