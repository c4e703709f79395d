import { Sha256 } from "@aws-crypto/sha256-js"
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import { SignatureV4 } from "@smithy/signature-v4"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Sandbox from "../src/Sandbox.ts"
import { bearer, client, keys, region, settled } from "./sdk.ts"
import { arn, converse, hello, nova, send } from "./wire.ts"

const tokens = { bearer: [Redacted.make("token-one"), Redacted.make("token-two")] }
const longTerm = { accessKeyId: "AKIDLONG", secretAccessKey: "secret-long" }
const session = { accessKeyId: "ASIDTEMP", secretAccessKey: "secret-temp", sessionToken: "session-token==" }
const sigv4 = [
  { accessKeyId: "AKIDLONG", secretAccessKey: Redacted.make("secret-long"), region },
  {
    accessKeyId: "ASIDTEMP",
    secretAccessKey: Redacted.make("secret-temp"),
    sessionToken: Redacted.make("session-token=="),
    region
  }
]
const suffix = ":http://internal.amazon.com/coral/com.amazon.coral.service/"

const command = (modelId: string) =>
  new ConverseCommand({ modelId, messages: [{ role: "user", content: [{ text: "Grüße, 世界" }] }] })

const ask = (url: string, headers: Record<string, string | Array<string>>, path = converse(nova)) =>
  Effect.map(send(url, { path, body: hello, headers }), (answer) => ({
    status: answer.status,
    type: answer.headers["x-amzn-errortype"],
    json: answer.json
  }))

describe("A missing authorization", () => {
  it.scoped("is accepted by default, like any other", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({})
      assert.strictEqual((yield* ask(sandbox.url, {})).status, 200)
      assert.strictEqual((yield* ask(sandbox.url, { authorization: "Bearer whatever" })).status, 200)
      assert.deepStrictEqual((yield* sandbox.requests).map(({ authorized }) => authorized), [true, true])
    }))

  it.scoped("is a missing authentication token if one is required", () =>
    Effect.gen(function*() {
      for (const auth of [{}, tokens, { sigv4 }]) {
        const sandbox = yield* Sandbox.make({ auth })
        assert.deepStrictEqual(yield* ask(sandbox.url, {}), {
          status: 403,
          type: `MissingAuthenticationTokenException${suffix}`,
          json: { message: "Missing Authentication Token" }
        })
        assert.deepStrictEqual((yield* sandbox.requests).map(({ authorized }) => authorized), [false])
      }
    }))
})

describe("A bearer token", () => {
  it.scoped("is accepted if it is one of the configured ones", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { ...tokens, sigv4 } })
      for (const value of ["Bearer token-one", "bearer token-two"]) {
        assert.strictEqual((yield* ask(sandbox.url, { authorization: value })).status, 200)
      }
      assert.deepStrictEqual((yield* sandbox.requests).map(({ authorized }) => authorized), [true, true])
    }))

  it.scoped("is refused otherwise, with the text under Message", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: tokens })
      for (const value of ["Bearer token-three", "Bearer", "Bearer token-one,", "Bearer Token-One"]) {
        assert.deepStrictEqual(yield* ask(sandbox.url, { authorization: value }), {
          status: 403,
          type: `AccessDeniedException${suffix}`,
          json: { Message: "Authentication failed: Please make sure your API Key is valid." }
        }, value)
      }
      assert.strictEqual(
        (yield* ask((yield* Sandbox.make({ auth: { sigv4 } })).url, {
          authorization: "Bearer token-one"
        })).status,
        403
      )
    }))

  it.scoped("is what the AWS SDK sends", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: tokens, prefix: "/bedrock/v1" })
      const right = yield* client(sandbox.url, bearer("token-two"))
      const answer = yield* settled(() => right.send(command(arn)))
      assert.strictEqual(answer.stopReason, "end_turn")
      const wrong = yield* client(sandbox.url, bearer("no-token"))
      const error = yield* Effect.flip(
        settled(() => wrong.send(command(arn)))
      )
      assert.strictEqual(error.name, "AccessDeniedException")
      assert.strictEqual(error.message, "Authentication failed: Please make sure your API Key is valid.")
    }))
})

describe("A signature", () => {
  const prefixes = ["", "/bedrock/v1"]

  for (const modelId of [nova, arn, "plain"]) {
    it.scoped(`of the AWS SDK is valid for ${modelId}, with and without a session token, behind any prefix`, () =>
      Effect.gen(function*() {
        for (const prefix of prefixes) {
          const sandbox = yield* Sandbox.make({ auth: { sigv4 }, prefix })
          for (const credentials of [longTerm, session]) {
            const sdk = yield* client(sandbox.url, keys(credentials))
            const answer = yield* settled(() => sdk.send(command(modelId)))
            assert.include(answer.output?.message?.content?.[0]?.text, "Grüße, 世界")
          }
          for (const request of yield* sandbox.requests) {
            assert.isTrue(request.authorized)
            assert.strictEqual(request.rawPath, `${prefix}/model/${encodeURIComponent(modelId)}/converse`)
            assert.match(request.headers["authorization"] ?? "", /^AWS4-HMAC-SHA256 Credential=(AKIDLONG|ASIDTEMP)\//)
          }
        }
      }))
  }

  const refused = [
    ["with a wrong secret", { ...longTerm, secretAccessKey: "wrong" }, "InvalidSignatureException", /does not match/],
    ["of an unknown key", { ...longTerm, accessKeyId: "AKIDNONE" }, "UnrecognizedClientException", /token.*invalid/],
    ["with another session's token", { ...session, sessionToken: "x" }, "UnrecognizedClientException", /invalid/],
    ["without its session token", { ...session, sessionToken: undefined }, "UnrecognizedClientException", /invalid/],
    ["with a token its key lacks", { ...longTerm, sessionToken: "x" }, "UnrecognizedClientException", /invalid/]
  ] as const
  for (const [what, credentials, name, message] of refused) {
    it.scoped(`${what} is refused`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ auth: { sigv4 } })
        const sdk = yield* client(sandbox.url, keys(credentials as typeof session))
        const error = yield* Effect.flip(settled(() => sdk.send(command(nova))))
        assert.strictEqual(error.name, name)
        assert.match(error.message, message)
        assert.strictEqual(error.$metadata?.httpStatusCode, 403)
        assert.isFalse((yield* sandbox.requests)[0]?.authorized)
      }))
  }

  it.scoped("for another region is refused", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { sigv4 } })
      const sdk = yield* client(sandbox.url, { ...keys(longTerm), region: "us-west-2" })
      const error = yield* Effect.flip(settled(() => sdk.send(command(nova))))
      assert.strictEqual(error.name, "InvalidSignatureException")
      assert.strictEqual(error.message, "Credential should be scoped to a valid region, not 'us-west-2'.")
    }))

  for (
    const [minutes, words] of [[
      -6,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/
    ], [6, /^Signature not yet current: .* is still later than .* \+ 5 min\.\)$/]] as const
  ) {
    it.scoped(`is refused if the clock is ${minutes} minutes off, and accepted if it is 4 minutes off`, () =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.make({ auth: { sigv4 } })
        const off = (by: number) =>
          Effect.flatMap(
            client(sandbox.url, { ...keys(longTerm), systemClockOffset: by * 60_000 }),
            (sdk) => settled(() => sdk.send(command(nova)))
          )
        const error = yield* Effect.flip(off(minutes))
        assert.strictEqual(error.name, "InvalidSignatureException")
        assert.match(error.message, words)
        assert.strictEqual((yield* off(Math.sign(minutes) * 4)).stopReason, "end_turn")
      }))
  }

  it.scoped("is invalid if the body, the path or a signed header was changed", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { sigv4 } })
      const sdk = yield* client(sandbox.url, keys(session))
      yield* settled(() => sdk.send(command(nova)))
      const [first] = yield* sandbox.requests
      if (first === undefined) return assert.fail("not recorded")
      const { "transfer-encoding": _, ...headers } = first.headers
      const again = (change: { path?: string; body?: string; headers?: Record<string, string> }) =>
        Effect.map(
          send(sandbox.url, {
            path: change.path ?? first.rawPath,
            body: change.body ?? first.rawBody,
            headers: {
              ...headers,
              "content-length": String(Buffer.byteLength(change.body ?? first.rawBody)),
              ...change.headers
            }
          }),
          ({ headers, status }) => `${status} ${String(headers["x-amzn-errortype"]).split(":")[0]}`
        )
      const { authorization = "" } = headers
      const without = (name: string) => authorization.replace(new RegExp(`(;${name}\\b|\\b${name};)`), "")
      assert.strictEqual(yield* again({}), "200 undefined")
      assert.strictEqual(yield* again({ headers: { "x-unsigned": "1" } }), "200 undefined")
      const invalid = "403 InvalidSignatureException"
      assert.strictEqual(yield* again({ body: first.rawBody.replace("世界", "ground") }), invalid)
      assert.strictEqual(yield* again({ path: first.rawPath.replace("%3A", ":") }), invalid)
      assert.strictEqual(yield* again({ path: `${first.rawPath}?a=b` }), invalid)
      assert.strictEqual(yield* again({ headers: { "content-type": "text/plain" } }), invalid)
      assert.strictEqual(yield* again({ headers: { host: "elsewhere" } }), invalid)
      assert.strictEqual(yield* again({ headers: { "x-amz-content-sha256": "0".repeat(64) } }), invalid)
      assert.strictEqual(yield* again({ headers: { authorization: without("host") } }), invalid)
      assert.strictEqual(yield* again({ headers: { authorization: without("x-amz-date") } }), invalid)
      assert.strictEqual(
        yield* again({ headers: { authorization: authorization.replace("/bedrock/", "/bedrock-runtime/") } }),
        invalid
      )
      assert.strictEqual(
        yield* again({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
        invalid
      )
    }))

  it.scoped("covers the query, and the body even without its hash", () =>
    Effect.gen(function*() {
      const { port, url } = yield* Sandbox.make({ auth: { sigv4 } })
      const signer = new SignatureV4({
        credentials: longTerm,
        region,
        service: "bedrock",
        sha256: Sha256,
        applyChecksum: false
      })
      const body = JSON.stringify(hello)
      const path = converse(nova)
      const { headers } = yield* settled(() =>
        signer.sign({
          method: "POST",
          protocol: "http:",
          hostname: "127.0.0.1",
          path,
          query: { b: ["2", "1"], "a b": "%&" },
          headers: { host: `127.0.0.1:${port}` },
          body
        })
      )
      assert.isUndefined(headers["x-amz-content-sha256"])
      const query = "?b=2&b=1&a%20b=%25%26"
      const status = (path: string, body: string, changed = headers) =>
        Effect.map(send(url, { path, body, headers: changed }), ({ json, status }) => [status, json] as const)
      assert.strictEqual((yield* status(path + query, body))[0], 200)
      assert.strictEqual((yield* status(path + query, body.replace("there", "where")))[0], 403)
      assert.strictEqual((yield* status(path + query.replace("b=1", "b=3"), body))[0], 403)
      const today = headers["x-amz-date"]?.slice(0, 8) ?? ""
      const authorization = headers["authorization"]?.replace(today, "20010101") ?? ""
      assert.include(
        JSON.stringify(yield* status(path + query, body, { ...headers, authorization })),
        "Date in Credential scope does not match"
      )
    }))

  it.scoped("is reported as incomplete if parts are missing", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ auth: { ...tokens, sigv4 } })
      for (const authorization of ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b", "Basic dTpw", "nonsense"]) {
        const answer = yield* ask(url, { authorization })
        assert.strictEqual(answer.status, 403)
        assert.strictEqual(answer.type, `IncompleteSignatureException${suffix}`, authorization)
      }
      const full =
        "AWS4-HMAC-SHA256 Credential=AKIDLONG/20261122/eu-central-1/bedrock/aws4_request, SignedHeaders=host, Signature=00"
      assert.strictEqual((yield* ask(url, { authorization: full })).type, `IncompleteSignatureException${suffix}`)
      assert.strictEqual(
        (yield* ask(url, { authorization: full, "x-amz-date": "20261121T120000Z" })).type,
        `InvalidSignatureException${suffix}`
      )
      assert.strictEqual(
        (yield* ask(url, { authorization: full, "x-amz-date": "20261122Tnoon" })).type,
        `IncompleteSignatureException${suffix}`
      )
    }))
})

describe("Two authorization schemes", () => {
  it.scoped("are refused in two headers, in one header, and in a header and the query", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.make({ auth: { ...tokens, sigv4 } })
      const signature = "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0"
      const refusals = [
        yield* ask(sandbox.url, { authorization: ["Bearer token-one", signature] }),
        yield* ask(sandbox.url, { authorization: ["Bearer token-one", "Bearer token-one"] }),
        yield* ask(sandbox.url, { authorization: `Bearer token-one, ${signature}` }),
        yield* ask(sandbox.url, { authorization: `${signature}, Bearer token-one` }),
        yield* ask(
          sandbox.url,
          { authorization: "Bearer token-one" },
          `${converse(nova)}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0`
        )
      ]
      for (const { status, type } of refusals) {
        assert.strictEqual(status, 403)
        assert.strictEqual(type, `InvalidSignatureException${suffix}`)
      }
      assert.isTrue((yield* sandbox.requests).every(({ authorized }) => !authorized))
    }))
})
