import * as LogLine from "@altimate-code/log/LogLine"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as FiberId from "effect/FiberId"
import * as FiberRefs from "effect/FiberRefs"
import * as HashMap from "effect/HashMap"
import * as List from "effect/List"
import type * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Schema from "effect/Schema"

const line = (event: Partial<Logger.Logger.Options<unknown>>, sinceMillis = 0, stacks = false) =>
  LogLine.render(
    {
      annotations: HashMap.empty(),
      cause: Cause.empty,
      context: FiberRefs.empty(),
      date: new Date("2026-11-22T23:58:07.123Z"),
      fiberId: FiberId.none,
      logLevel: LogLevel.Info,
      message: "",
      spans: List.empty(),
      ...event
    },
    { sinceMillis, withStacks: stacks, mask: (text) => text.replaceAll("hunter2", "<redacted>") }
  )

describe("A log line", () => {
  it("has the guide's format", () => {
    assert.strictEqual(
      line(
        { annotations: HashMap.make(["service", "config"]), message: ["loading config from /x/altimate-code.json"] },
        12
      ),
      "INFO 2026-11-22T23:58:07.123Z +12ms service=config loading config from /x/altimate-code.json"
    )
  })

  it("has service and provider first, then the other annotations by name", () => {
    assert.include(
      line({
        annotations: HashMap.make(["b", 2], ["providerID", "amazon-bedrock"], ["a", 1], ["service", "provider"]),
        message: ["found"]
      }),
      " service=provider providerID=amazon-bedrock a=1 b=2 found"
    )
  })

  it("has one of four levels", () => {
    const levels = LogLevel.allLevels.filter(({ label }) => label !== "ALL" && label !== "OFF")
    assert.deepStrictEqual(
      [...new Set(levels.map((logLevel) => line({ logLevel }).split(" ")[0]!))].toSorted(),
      ["DEBUG", "ERROR", "INFO", "WARN"]
    )
  })

  it("quotes values that logfmt cannot read unquoted", () => {
    assert.include(
      line({ annotations: HashMap.make(["a", "two words"], ["b", "say \"hi\""], ["c", ""], ["d e", "1"]) }),
      "a=\"two words\" b=\"say \\\"hi\\\"\" c=\"\" d_e=1"
    )
  })

  it("has an error's message, and its stack only on request", () => {
    const cause = Cause.die(new Error("no route"))
    assert.include(line({ cause }), "error=\"no route\"")
    assert.match(line({ cause }, 0, true), /error=".*no route.*LogLine\.test/)
  })

  it("is masked before quoting, which could hide a secret", () => {
    const masked = line({
      annotations: HashMap.make(["token", "hunter2"]),
      cause: Cause.fail(new Error("bad hunter2")),
      message: ["hunter2", { deep: "hunter2" }]
    })
    assert.notInclude(masked, "hunter2")
    assert.strictEqual(masked.match(/<redacted>/g)!.length, 4)
  })

  it.prop("is always a single line", [Schema.String, Schema.String, Schema.Unknown], ([message, key, value]) => {
    assert.notMatch(
      line({ message: [message, value], annotations: HashMap.make([key, value]), cause: Cause.fail(message) }),
      // oxlint-disable-next-line no-control-regex
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/
    )
  })
})
