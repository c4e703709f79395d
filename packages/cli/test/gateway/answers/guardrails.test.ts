import type { Turn } from "@altimate-code/sandbox/Script"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { assertAnswered, assertFailed, makeScene } from "../Scene.ts"

const guardrail = { id: "gr1", version: "2" }
const known = [guardrail]

const blocked = (assessment: Record<string, unknown>, source: "input" | "output" = "input"): Turn => ({
  blocks: [{ type: "text", text: "Blocked." }],
  guardrail: source === "input"
    ? { inputAssessment: { gr1: assessment } }
    : { outputAssessments: { gr1: [assessment] } }
})

const topic = { topicPolicy: { topics: [{ name: "Finance", type: "DENY", action: "BLOCKED" }] } }

layer(NodeContext.layer)("A guardrail", (it) => {
  it.scoped("that an organization requires is sent, and the hint of its refusal names the setting", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ guardrails: { known, isRequired: true } })
      assertFailed(yield* ask(), "explicit deny", "set options.guardrail to {\"id\"")
      assertAnswered(yield* ask({ guardrail }))
      assertAnswered(yield* ask({ guardrailConfig: { guardrailIdentifier: "gr1", guardrailVersion: 2 } }))
      assertAnswered(yield* ask({ guardrail, streaming: "off" }))
      assertFailed(yield* ask({ guardrail, drop: ["guardrailConfig"] }), "explicit deny")
    }))

  it.scoped("that does not exist is named with its setting, and the conversation is not shortened", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({ guardrails: { known } })
      assertAnswered(yield* ask({ guardrail, args: ["run", "first", "--no-tools"] }))
      const { code, stderr } = yield* ask({
        guardrail: { id: "gr1", version: "9" },
        args: ["run", "second", "--no-tools", "--continue"]
      })
      assert.strictEqual(code, 1)
      assert.include(stderr, "Check options.guardrail (gr1, version 9)")
      const requests = yield* sandbox.requests
      assert.lengthOf(requests, 2)
      assert.include(requests[1]!.rawBody, "first")
    }))

  it.scoped("is never left out of requests by itself", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({ refuse: ["guardrailConfig"] })
      assertFailed(yield* ask({ guardrail }), "is not sent without one", "set options.drop to [\"guardrailConfig\"]")
      assert.lengthOf(yield* sandbox.requests, 1)
      assertAnswered(yield* ask({ guardrail, drop: ["guardrailConfig"] }))
    }))

  const policies: ReadonlyArray<readonly [Record<string, unknown>, "input" | "output", string]> = [
    [topic, "input", "blocked the prompt: the denied topic \"Finance\""],
    [
      {
        contentPolicy: {
          filters: [{ type: "PROMPT_ATTACK", confidence: "HIGH", filterStrength: "LOW", action: "BLOCKED" }]
        }
      },
      "input",
      "blocked the prompt: the content filter for prompt attacks (strength low, confidence high)"
    ],
    [
      {
        wordPolicy: {
          customWords: [{ match: "acme", action: "BLOCKED" }],
          managedWordLists: [{ match: "rude", type: "PROFANITY", action: "BLOCKED" }]
        }
      },
      "output",
      "blocked the answer: the word filter for \"acme\", the profanity filter"
    ],
    [
      {
        sensitiveInformationPolicy: {
          piiEntities: [{ type: "US_PASSPORT_NUMBER", match: "private-1", action: "BLOCKED" }],
          regexes: [{ name: "ticket", match: "private-2", regex: "x", action: "BLOCKED" }]
        }
      },
      "output",
      "blocked the answer: the filter for sensitive information (US passport number), the pattern \"ticket\" for sensitive information"
    ],
    [
      {
        contextualGroundingPolicy: { filters: [{ type: "GROUNDING", score: 0.2, threshold: 0.7, action: "BLOCKED" }] },
        appliedGuardrailDetails: {
          guardrailId: "org1",
          guardrailVersion: "3",
          guardrailOrigin: ["ORGANIZATION_ENFORCED"]
        }
      },
      "output",
      "(org1, version 3, required by your account or organization) blocked the answer: the contextual grounding check (score 0.2, threshold 0.7)"
    ]
  ]
  for (const [assessment, source, words] of policies) {
    it.scoped(`that intervened is explained: ${words}`, () =>
      Effect.gen(function*() {
        for (const streaming of ["on", "off"]) {
          const { ask } = yield* makeScene({ script: [blocked(assessment, source)] }, "private-1", "private-2")
          const { code, stderr, stdout } = yield* ask({ guardrail, streaming })
          assert.strictEqual(code, 1)
          assert.strictEqual(stdout, "Blocked.\n")
          assert.include(stderr, words)
        }
      }))
  }

  it.scoped("that intervened without a trace is reported as well", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ script: [blocked(topic)] })
      const { code, stderr } = yield* ask({ guardrail: { ...guardrail, trace: "disabled" } })
      assert.strictEqual(code, 1)
      assert.include(stderr, "error: A guardrail stopped the answer (guardrail_intervened).")
      assert.include(stderr, "set options.guardrail.trace to enabled")
    }))

  it.scoped("is in the JSON events with its findings", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ script: [blocked(topic)] })
      const { code, stdout } = yield* ask({ guardrail, args: ["run", "hi", "--no-tools", "--format", "json"] })
      assert.strictEqual(code, 1)
      const last = JSON.parse(stdout.trim().split("\n").at(-1)!)
      assert.deepStrictEqual([last.type, last.reason, last.stopReason], ["error", "Answer", "guardrail_intervened"])
      assert.deepStrictEqual(last.guardrail, {
        findings: [{ source: "input", policy: "topic", what: "Finance", action: "blocked" }],
        guardrails: ["gr1"],
        isEnforced: false
      })
    }))

  it.scoped("that blocked a prompt does not block the next ones: it is left out of the session's requests", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({
        script: [
          { blocks: [{ type: "text", text: "One." }] },
          blocked(topic),
          { blocks: [{ type: "text", text: "Three." }] }
        ]
      })
      const continued = ["--no-tools", "--continue"]
      yield* ask({ guardrail, args: ["run", "prompt-one", "--no-tools"] })
      yield* ask({ guardrail, args: ["run", "prompt-two", ...continued] })
      const { code } = yield* ask({ guardrail, args: ["run", "prompt-three", ...continued] })
      assert.strictEqual(code, 0)
      const [, , third] = yield* sandbox.requests
      assert.include(third!.rawBody, "prompt-one")
      assert.notInclude(third!.rawBody, "prompt-two")
      assert.include(third!.rawBody, "prompt-three")
    }))

  it.scoped("that blocked an answer leaves the prompt in the session", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene({
        script: [blocked(topic, "output"), { blocks: [{ type: "text", text: "Two." }] }]
      })
      yield* ask({ guardrail, args: ["run", "prompt-one", "--no-tools"] })
      yield* ask({ guardrail, args: ["run", "prompt-two", "--no-tools", "--continue"] })
      const [, second] = yield* sandbox.requests
      assert.include(second!.rawBody, "prompt-one")
    }))
})

layer(NodeContext.layer)("Fields of a request", (it) => {
  it.scoped("that the gateway refuses are left out, and the note names them", () =>
    Effect.gen(function*() {
      const fields = {
        requestMetadata: { a: "b" },
        serviceTier: "flex",
        performanceConfig: "optimized",
        temperature: 0.5,
        stopSequences: ["x"],
        additionalModelRequestFields: { top_k: 1 },
        additionalModelResponseFieldPaths: ["/x"]
      }
      for (const [name, value] of Object.entries(fields)) {
        const { ask, sandbox } = yield* makeScene({ refuse: [name] })
        const result = yield* ask({ [name]: value })
        assertAnswered(result)
        assert.include(result.stderr, `note: Requests are sent without ${name}`)
        assert.lengthOf(yield* sandbox.requests, 2)
        assertAnswered(yield* ask({ [name]: value, drop: [name] }))
        assert.lengthOf(yield* sandbox.requests, 3)
      }
    }))

  it.scoped("in both spellings of beta features are sent together, and not to other models", () =>
    Effect.gen(function*() {
      const { ask, sandbox } = yield* makeScene()
      const given = { anthropic_beta: "a-1", additionalModelRequestFields: { anthropic_beta: ["b-2"], top_k: 5 } }
      assertAnswered(yield* ask(given))
      assertAnswered(
        yield* ask({
          anthropic_beta: ["a-1"],
          args: ["run", "hi", "--no-tools", "-m", "amazon-bedrock/amazon.nova-pro-v1:0"]
        })
      )
      const [claude, nova] = yield* sandbox.requests
      assert.deepStrictEqual((claude!.body as Record<string, unknown>)["additionalModelRequestFields"], {
        top_k: 5,
        anthropic_beta: ["a-1", "b-2"]
      })
      assert.notProperty(nova!.body, "additionalModelRequestFields")
    }))

  it.scoped("are checked by the sandbox as by Bedrock", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene()
      // A gateway may have such names, and Bedrock does not.
      const refused = yield* ask({ guardrail: { id: "gr-1", version: "1" } })
      assert.include(refused.stderr, "guardrailConfig.guardrailIdentifier")
      const old = yield* ask({
        cache: { ttl: "1h" },
        args: ["run", "hi", "--no-tools", "-m", "amazon-bedrock/anthropic.claude-3-7-sonnet-20250219-v1:0"]
      })
      assertAnswered(old)
      assert.include(old.stderr, "without ttl")
      const both = yield* ask({ temperature: 0.5, topP: 0.5 })
      assertAnswered(both)
      assert.include(both.stderr, "without topP")
    }))
})

layer(NodeContext.layer)("doctor", (it) => {
  const doctor = { args: ["doctor"] }

  it.scoped("lists the fields that are set, with their origins", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ guardrails: { known } })
      const { stdout } = yield* ask({ guardrail, requestMetadata: { team: "a" }, ...doctor })
      assert.match(
        stdout,
        /✓ request fields {2}guardrail gr1, version 2 \(.*altimate-code\.json:\d+:\d+ \(global config\)\)/
      )
      assert.match(stdout, /requestMetadata team \(/)
    }))

  it.scoped("names the field that is refused", () =>
    Effect.gen(function*() {
      const { ask } = yield* makeScene({ guardrails: { known } })
      const { code, stdout, stderr } = yield* ask({
        guardrail: { id: "gr1", version: "7" },
        requestMetadata: { team: "a" },
        ...doctor
      })
      assert.strictEqual(code, 1)
      assert.match(stdout, /✗ request fields {2}refused: guardrail gr1, version 7 .*does not exist/)
      assert.notMatch(stdout, /refused:.*requestMetadata/)
      assert.include(stdout + stderr, "Check options.guardrail (gr1, version 7)")
    }))

  it.scoped("warns if a gateway removes the guardrail", () =>
    Effect.gen(function*() {
      // A trace is only asked for with a guardrail, so a script without one plays a gateway that removes it.
      const { ask } = yield* makeScene({ tracesGuardrails: false })
      const { stdout } = yield* ask({ guardrail, ...doctor })
      assert.match(stdout, /! request fields[^]*no trace of the guardrail/)
    }))
})
