import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib"
import * as Sandbox from "../src/Sandbox.ts"
import type { Fault, Script, StreamException } from "../src/Script.ts"
import { client, settled } from "./sdk.ts"
import { type Answer, converse, converseStream, decode, frames, hello, kinds, nova, send, split } from "./wire.ts"

const suffix = ":http://internal.amazon.com/coral/com.amazon.coral.service/"

/** Six events: messageStart, two deltas, contentBlockStop, messageStop, metadata. */
const blocks: Script[number]["blocks"] = [{ type: "text", text: ["one", " two"] }]
const events = ["messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]

const play = (...faults: ReadonlyArray<Fault>) => Sandbox.make({ script: [{ blocks, faults }] })
const stream = (url: string) => send(url, { path: converseStream(nova), body: hello })
const whole = (url: string) => send(url, { path: converse(nova), body: hello })

const isComplete = (answer: Answer) => {
  assert.strictEqual(answer.status, 200)
  assert.isUndefined(answer.error)
  assert.deepStrictEqual(kinds(answer.body), events)
}

const isBroken = (answer: Answer) => assert.throws(() => isComplete(answer))

describe("A fault instead of an answer", () => {
  for (const ask of [stream, whole]) {
    it.scoped(`throttles the given number of times, and then the turn is played (${ask.name})`, () =>
      Effect.gen(function*() {
        const { url } = yield* play(
          { type: "throttle", times: 2, retryAfter: 3 },
          { type: "throttle", message: "Slow down.", retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT" },
          { type: "throttle" }
        )
        const answers = yield* Effect.replicateEffect(ask(url), 5)
        assert.deepStrictEqual(
          answers.map(({ headers, status }) => [status, headers["retry-after"]]),
          [[429, "3"], [429, "3"], [429, "Wed, 21 Oct 2026 07:28:00 GMT"], [429, undefined], [200, undefined]]
        )
        assert.strictEqual(answers[0]?.headers["x-amzn-errortype"], `ThrottlingException${suffix}`)
        assert.deepStrictEqual(answers[0]?.json, { message: "Too many requests, please wait before trying again." })
        assert.deepStrictEqual(answers[2]?.json, { message: "Slow down." })
        assert.isString(answers[2]?.headers["x-amzn-requestid"])
      }))

    it.scoped(`can be any error, an expired token or a proxy's page (${ask.name})`, () =>
      Effect.gen(function*() {
        const { url } = yield* play(
          { type: "error", status: 503, name: "ServiceUnavailableException", message: "Later." },
          { type: "error", status: 403, name: "AccessDeniedException", message: "No.", messageKey: "Message" },
          { type: "expiredToken" },
          { type: "html" },
          { type: "html", status: 504 }
        )
        const [unavailable, denied, expired, html, timeout] = yield* Effect.replicateEffect(ask(url), 5)
        assert.strictEqual(unavailable?.status, 503)
        assert.strictEqual(unavailable?.headers["x-amzn-errortype"], `ServiceUnavailableException${suffix}`)
        assert.deepStrictEqual(unavailable?.json, { message: "Later." })
        assert.deepStrictEqual(denied?.json, { Message: "No." })
        assert.strictEqual(expired?.status, 403)
        assert.strictEqual(expired?.headers["x-amzn-errortype"], `ExpiredTokenException${suffix}`)
        assert.deepStrictEqual(expired?.json, { message: "The security token included in the request is expired" })
        assert.strictEqual(html?.status, 502)
        assert.strictEqual(html?.headers["content-type"], "text/html")
        assert.isUndefined(html?.headers["x-amzn-requestid"])
        assert.include(html?.text, "<title>502</title>")
        assert.strictEqual(timeout?.status, 504)
        assert.strictEqual((yield* ask(url)).status, 200)
      }))

    it.scoped(`that always occurs prevents the turn (${ask.name})`, () =>
      Effect.gen(function*() {
        const { url } = yield* play({ type: "html", times: "always" })
        const answers = yield* Effect.replicateEffect(ask(url), 10)
        assert.isTrue(answers.every(({ status }) => status === 502))
      }))

    it.scoped(`can reset the socket before the headers (${ask.name})`, () =>
      Effect.gen(function*() {
        const sandbox = yield* play({ type: "reset", times: 3 })
        for (let i = 0; i < 3; i++) {
          const { error, status } = yield* ask(sandbox.url)
          assert.deepStrictEqual([status, error], [0, "ECONNRESET"])
        }
        assert.strictEqual((yield* ask(sandbox.url)).status, 200)
        assert.isTrue((yield* sandbox.requests).every(({ aborted }) => !aborted), "it was not the client that left")
      }))

    it.scoped(`can stall before the headers until the client disconnects (${ask.name})`, () =>
      Effect.gen(function*() {
        const sandbox = yield* play({ type: "stall" })
        const answer = yield* Effect.raceFirst(
          ask(sandbox.url),
          Effect.as(sandbox.waitFor((requests) => requests.length === 1), "recorded")
        )
        assert.strictEqual(answer, "recorded")
        yield* sandbox.waitFor(([first]) => first?.aborted === true)
        assert.strictEqual((yield* ask(sandbox.url)).status, 200)
      }))
  }
})

describe("A fault in the stream", () => {
  const exceptions: ReadonlyArray<StreamException> = [
    "internalServerException",
    "modelStreamErrorException",
    "validationException",
    "throttlingException",
    "serviceUnavailableException"
  ]
  for (const exception of exceptions) {
    it.scoped(`can be the exception ${exception} after the given number of events`, () =>
      Effect.gen(function*() {
        for (const afterEvents of [0, 2, 6, 9]) {
          const { url } = yield* play({ type: "exception", exception, afterEvents, message: "No more." })
          const answer = yield* stream(url)
          assert.strictEqual(answer.status, 200)
          assert.strictEqual(answer.headers["content-type"], "application/vnd.amazon.eventstream")
          assert.deepStrictEqual(kinds(answer.body), [...events.slice(0, afterEvents), exception])
          const last = frames(answer.body).at(-1)
          assert.deepStrictEqual(last?.headers, {
            ":exception-type": exception,
            ":content-type": "application/json",
            ":message-type": "exception"
          })
          assert.strictEqual(last?.payload["message"], "No more.")
          isComplete(yield* stream(url))
        }
      }))

    it.scoped(`is ${exception} for the AWS SDK, after the events before it`, () =>
      Effect.gen(function*() {
        const { url } = yield* play({ type: "exception", exception, afterEvents: 2 })
        const sdk = yield* client(url, { credentials: { accessKeyId: "a", secretAccessKey: "b" } })
        const seen: Array<string> = []
        const error = yield* Effect.flip(settled(async () => {
          const command = new ConverseStreamCommand({
            modelId: nova,
            messages: [{ role: "user", content: [{ text: "a" }] }]
          })
          for await (const event of (await sdk.send(command)).stream ?? []) seen.push(...Object.keys(event))
        }))
        assert.strictEqual(error.name.toLowerCase(), exception.toLowerCase())
        assert.isNotEmpty(error.message)
        assert.deepStrictEqual(seen, ["messageStart", "contentBlockDelta"])
      }))
  }

  it.scoped("can end in the middle of a frame without an HTTP error", () =>
    Effect.gen(function*() {
      for (const [afterEvents, whole] of [[0, 0], [3, 3], [5, 5], [99, 5]] as const) {
        const { url } = yield* play({ type: "truncate", afterEvents })
        const answer = yield* stream(url)
        assert.isUndefined(answer.error)
        assert.deepStrictEqual(kinds(answer.body), events.slice(0, whole))
        assert.isAbove(split(answer.body).rest, 12, "more than a prelude of the next frame")
        isComplete(yield* stream(url))
      }
    }))

  it.scoped("can end between frames: without messageStop, or after the given number of events", () =>
    Effect.gen(function*() {
      for (
        const [fault, whole] of [[{}, 4], [{ afterEvents: 0 }, 0], [{ afterEvents: 2 }, 2], [
          { afterEvents: 5 },
          5
        ]] as const
      ) {
        const { url } = yield* play({ type: "end", ...fault })
        const answer = yield* stream(url)
        assert.isUndefined(answer.error)
        assert.deepStrictEqual(kinds(answer.body), events.slice(0, whole))
        assert.strictEqual(split(answer.body).rest, 0)
      }
    }))

  it.scoped("can be a frame with a wrong checksum among valid ones", () =>
    Effect.gen(function*() {
      for (const [afterEvents, broken] of [[0, 0], [2, 2], [99, 5]] as const) {
        const { url } = yield* play({ type: "corrupt", afterEvents })
        const answer = yield* stream(url)
        const all = split(answer.body).frames
        assert.lengthOf(all, events.length)
        for (const [i, frame] of all.entries()) {
          if (i === broken) assert.throws(() => decode(frame), /checksum/i)
          else assert.strictEqual(decode(frame).headers[":event-type"], events[i])
        }
        isComplete(yield* stream(url))
      }
    }))

  it.scopedLive("can be a stall after the given number of events until the client disconnects", () =>
    Effect.gen(function*() {
      for (const afterEvents of [1, 4]) {
        const sandbox = yield* play({ type: "stall", afterEvents })
        const answer = yield* send(
          sandbox.url,
          { path: converseStream(nova), body: hello },
          (body) => split(body).frames.length === afterEvents
        )
        assert.deepStrictEqual(kinds(answer.body), events.slice(0, afterEvents))
        assert.strictEqual(answer.status, 200)
        const [request] = yield* sandbox.waitFor(([first]) => first?.aborted === true)
        assert.strictEqual(request?.operation, "converse-stream")
        isComplete(yield* stream(sandbox.url))
      }
      const { url } = yield* play({ type: "stall", afterEvents: 0 })
      assert.isTrue(Option.isNone(yield* Effect.timeoutOption(stream(url), "50 millis")))
    }))

  it.scoped("can reset the socket after the given number of events, all of which arrive", () =>
    Effect.gen(function*() {
      for (const afterEvents of [0, 1, 4, 6]) {
        const sandbox = yield* play({ type: "reset", afterEvents, times: 5 })
        for (let i = 0; i < 5; i++) {
          const answer = yield* stream(sandbox.url)
          assert.deepStrictEqual([answer.status, answer.error], [200, "ECONNRESET"])
          assert.deepStrictEqual(kinds(answer.body), events.slice(0, afterEvents))
        }
        isComplete(yield* stream(sandbox.url))
        assert.isTrue((yield* sandbox.requests).every(({ aborted }) => !aborted))
      }
    }))

  it.scoped("can be JSON or server-sent events instead of an event stream", () =>
    Effect.gen(function*() {
      const { url } = yield* play({ type: "json" }, { type: "sse" })
      const json = yield* stream(url)
      assert.strictEqual(json.headers["content-type"], "application/json")
      assert.nestedPropertyVal(json.json, "output.message.content[0].text", "one two")
      const sse = yield* stream(url)
      assert.strictEqual(sse.headers["content-type"], "text/event-stream")
      assert.include(sse.text, `event: contentBlockDelta\ndata: {"contentBlockIndex":0,"delta":{"text":" two"}}\n\n`)
      isComplete(yield* stream(url))
    }))
})

describe("A stream fault in Converse", () => {
  it.scoped("is an HTTP error if it is an exception", () =>
    Effect.gen(function*() {
      const statuses = {
        internalServerException: 500,
        modelStreamErrorException: 424,
        validationException: 400,
        throttlingException: 429,
        serviceUnavailableException: 503
      }
      for (const [exception, status] of Object.entries(statuses)) {
        const { url } = yield* play({ type: "exception", exception: exception as StreamException, afterEvents: 3 })
        const sdk = yield* client(url, { credentials: { accessKeyId: "a", secretAccessKey: "b" } })
        const command = new ConverseCommand({ modelId: nova, messages: [{ role: "user", content: [{ text: "a" }] }] })
        const error = yield* Effect.flip(settled(() => sdk.send(command)))
        assert.strictEqual(error.$metadata?.httpStatusCode, status)
        assert.strictEqual(error.name.toLowerCase(), exception.toLowerCase())
      }
    }))

  it.scoped("occurs in the middle of the body if it truncates, stalls or resets", () =>
    Effect.gen(function*() {
      const sandbox = yield* play(
        { type: "truncate", afterEvents: 1 },
        { type: "reset", afterEvents: 1 },
        { type: "stall", afterEvents: 1 }
      )
      const cut = yield* whole(sandbox.url)
      assert.deepStrictEqual([cut.status, cut.error, cut.json], [200, undefined, undefined])
      assert.match(cut.text, /^\{"metrics"/)
      const reset = yield* whole(sandbox.url)
      assert.deepStrictEqual([reset.status, reset.error, reset.text], [200, "ECONNRESET", cut.text])
      const stalled = yield* send(sandbox.url, { path: converse(nova), body: hello }, (body) => body.length > 0)
      assert.strictEqual(stalled.text, cut.text)
      assert.strictEqual((yield* whole(sandbox.url)).status, 200)
    }))

  it.scoped("waits for the next streaming attempt if it does not apply to Converse", () =>
    Effect.gen(function*() {
      for (const type of ["end", "corrupt", "json", "sse"] as const) {
        const fault = type === "corrupt" ? { type, afterEvents: 1 } : { type }
        const sandbox = yield* Sandbox.make({
          script: [{ blocks, faults: [{ ...fault, times: "always" }] }, { blocks, faults: [fault] }]
        })
        isBroken(yield* stream(sandbox.url))
        assert.nestedPropertyVal((yield* whole(sandbox.url)).json, "output.message.content[0].text", "one two")
        isBroken(yield* stream(sandbox.url))
        isComplete(yield* stream(sandbox.url))
      }
    }))
})

describe("A response without an answer", () => {
  for (const ask of [stream, whole]) {
    it.scoped(`can be empty or a redirect (${ask.name})`, () =>
      Effect.gen(function*() {
        const { url } = yield* play(
          { type: "empty" },
          { type: "empty", status: 204 },
          { type: "redirect", location: "https://login.example.com/" },
          { type: "redirect", status: 301, location: "/elsewhere" }
        )
        const answers = yield* Effect.replicateEffect(ask(url), 5)
        assert.deepStrictEqual(
          answers.slice(0, 4).map(({ headers, status, text }) => [status, text, headers["location"]]),
          [[200, "", undefined], [204, "", undefined], [307, "", "https://login.example.com/"], [301, "", "/elsewhere"]]
        )
        assert.isUndefined(answers[0]?.headers["content-type"])
        assert.strictEqual(answers[4]?.status, 200)
      }))
  }
})

describe("A gateway", () => {
  it.scoped("that buffers sends all events together after the last one", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({
        streaming: "buffered",
        script: [{ blocks, delays: { betweenEvents: 30 } }]
      })
      const parts: Array<number> = []
      const answer = yield* send(url, { path: converseStream(nova), body: hello }, (body) => {
        parts.push(split(body).frames.length)
        return false
      })
      isComplete(answer)
      assert.deepStrictEqual(parts, [events.length])
    }))

  it.scoped("that does not stream answers like converse, and continues with the next turn", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ streaming: "json", script: [{ blocks }, { blocks: [] }] })
      const [first, second] = yield* Effect.replicateEffect(stream(url), 2)
      assert.strictEqual(first?.headers["content-type"], "application/json")
      assert.deepNestedInclude(first?.json, { "output.message.content[0].text": "one two" })
      assert.deepNestedInclude(second?.json, { "output.message.content.length": 0 })
    }))

  it.scoped("can refuse unknown fields at any depth and add its own headers", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ refuse: ["cachePoint"], headers: { "x-request-id": "4711" } })
      const refused = yield* send(url, {
        path: converse(nova),
        body: { ...hello, system: [{ text: "a" }, { cachePoint: { type: "default" } }] }
      })
      assert.strictEqual(refused.status, 400)
      assert.include(refused.text, "extraneous key [cachePoint] is not permitted")
      assert.strictEqual(refused.headers["x-request-id"], "4711")
      assert.strictEqual((yield* whole(url)).status, 200)
    }))
})

describe("A whole answer", () => {
  it.scopedLive("is the same if it is compressed or has another content type", () =>
    Effect.gen(function*() {
      const { url } = yield* play(
        { type: "compress", encoding: "gzip" },
        { type: "compress", encoding: "deflate" },
        { type: "compress", encoding: "br" },
        { type: "relabel", contentType: "text/plain" }
      )
      const undo = [gunzipSync, inflateSync, brotliDecompressSync]
      const answers = yield* Effect.forEach([0, 1, 2, 3, 4], () => whole(url))
      const plain = JSON.parse(answers[4]!.text).output
      for (const [index, undone] of undo.entries()) {
        assert.deepStrictEqual(JSON.parse(undone(answers[index]!.body).toString()).output, plain)
      }
      assert.deepStrictEqual(answers.map(({ headers }) => headers["content-encoding"]), [
        "gzip",
        "deflate",
        "br",
        undefined,
        undefined
      ])
      assert.strictEqual(answers[3]!.headers["content-type"], "text/plain")
      assert.deepStrictEqual((answers[3]!.json as { output: unknown }).output, plain)
    }))
})

describe("A gateway that only streams", () => {
  it.scoped("responds to converse with an empty body, and to the next stream with events", () =>
    Effect.gen(function*() {
      const { url } = yield* Sandbox.make({ streaming: "only", script: [{ blocks }] })
      const nothing = yield* whole(url)
      assert.deepStrictEqual([nothing.status, nothing.text], [200, ""])
      isComplete(yield* stream(url))
    }))
})
