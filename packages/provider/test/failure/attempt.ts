/** An attempt at a request, for tests of errors that send nothing. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Attempt } from "../../src/internal/failure/attempt.ts"
import { fromResponse } from "../../src/internal/failure/fromResponse.ts"
import { fromThrown } from "../../src/internal/failure/fromThrown.ts"

export const attempt: Attempt = {
  url: "https://gw.example.com/v1/model/us.m/converse-stream",
  region: "eu-west-1",
  operation: "converse-stream",
  number: 2,
  headers: {},
  drop: [],
  connect: Duration.seconds(10),
  identity: {
    _tag: "Bearer",
    token: Redacted.make("canary-token"),
    from: "AWS_BEARER_TOKEN_BEDROCK",
    refreshable: false
  }
}

export const keyed: Attempt = {
  ...attempt,
  identity: {
    _tag: "AwsChain",
    accessKeyId: "AKIACANARY",
    secretAccessKey: Redacted.make("canary-secret"),
    sessionToken: Option.some(Redacted.make("canary-session")),
    from: "profile dev (SSO)",
    refreshable: true
  }
}

/** The error for a response; it is JSON unless the headers say otherwise. */
export const answered = (status: number, body: unknown, headers: Record<string, string> = {}, sent = attempt) =>
  fromResponse(
    {
      status,
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body)
    },
    sent,
    0
  )

/** The error for an exception of the SDK or Node.js before there is a response. */
export const thrown = (fields: object, message = "") => fromThrown(Object.assign(new Error(message), fields), attempt)
