import * as Prompt from "@effect/ai/Prompt"
import { assert, describe, it } from "@effect/vitest"
import type { Line } from "../../src/session/Session.ts"
import * as Spending from "../../src/session/Spending.ts"
import * as Transcript from "../../src/session/Transcript.ts"
import * as ToolTitle from "../../src/tools/ToolTitle.ts"
import { assistant, result, started, summary, user } from "../sessions.ts"

const session: Line = {
  type: "session",
  version: 1,
  id: "20261123-052359-k3f9",
  directory: "/project",
  time: "2026-11-23T05:23:59.000Z"
}
const changed: Line = {
  ...result("b") as Extract<Line, { type: "tool-result" }>,
  output: { content: [{ type: "text", text: "Changed." }], summary: "+1 -1", diff: "-old\n+new" }
}

describe("The transcript of a session", () => {
  it("is Markdown with messages, calls and results", () => {
    const lines = [
      session,
      user("Please **look**."),
      assistant("I look.", "a", "b"),
      started("a"),
      result("a", "a fence:\n```\nin it\n```"),
      changed,
      user("Your last answer could not be used.", true),
      { type: "unknown" } as const,
      assistant("Done.")
    ]
    assert.strictEqual(
      Transcript.toMarkdown(lines),
      `# Session 20261123-052359-k3f9

/project, 2026-11-23T05:23:59.000Z

Cost: unknown for 2 requests, 232 tokens (10 read from and 2 written to the cache). 2 requests have no known price.

## You

Please **look**.

## Assistant

I look.

**bash** \`echo a\`

**bash** \`echo b\`

*bash echo a: ok, exit code 0*

\`\`\`\`
a fence:
\`\`\`
in it
\`\`\`
\`\`\`\`

*bash echo b: ok, +1 -1*

\`\`\`diff
-old
+new
\`\`\`

Done.
`
    )
  })

  it("mentions attachments, cut answers and summaries", () => {
    const attached: Line = {
      ...user("") as Extract<Line, { type: "user" }>,
      message: Prompt.userMessage({
        content: [Prompt.textPart({ text: "See." }), Prompt.filePart({ mediaType: "image/png", data: "AAAA" })]
      })
    }
    const cut: Line = { ...assistant("It i") as Extract<Line, { type: "assistant" }>, interrupted: true }
    const text = Transcript.toMarkdown([attached, cut, summary("They looked.", 2)])
    for (const part of ["See.\n\n[image/png]", "It i\n\n*(interrupted)*", "They looked."]) assert.include(text, part)
    assert.notInclude(text, "AAAA")
  })

  it("uses the beginning of the first prompt as its title", () => {
    assert.strictEqual(Transcript.findTitle([session]), "")
    assert.strictEqual(
      Transcript.findTitle([user("hidden", true), user(" fix\n the   tests "), user("more")]),
      "fix the tests"
    )
    assert.strictEqual(Transcript.findTitle([user("x".repeat(100))]), `${"x".repeat(79)}…`)
    assert.strictEqual(Transcript.findTitle([user(`${"x".repeat(78)}😀😀`)]), `${"x".repeat(78)}…`)
  })

  it("uses the user's last title unless it is blank", () => {
    const titled = (title: string): Line => ({ type: "title", title, time: "2026-11-23T05:23:59.000Z" })
    assert.strictEqual(Transcript.findTitle([session, titled("one"), user("a"), titled(" the\n cart  ")]), "the cart")
    assert.strictEqual(Transcript.findTitle([session, titled("x".repeat(100)), user("a")]), `${"x".repeat(79)}…`)
    assert.strictEqual(Transcript.findTitle([session, user("a"), titled(" ")]), "a")
    assert.match(
      Transcript.toMarkdown([session, titled("the cart"), user("a")]),
      /^# Session \S+\n\n\*\*the cart\*\*\n\n/
    )
  })

  it("counts the tokens of all answers and summaries", () => {
    assert.deepStrictEqual(Spending.sum([user("a"), assistant("b"), summary("c", 1), assistant("d")]).usage, {
      input: 250,
      output: 25,
      cacheRead: 10,
      cacheWrite: 2
    })
  })
})

describe("The title of a call", () => {
  it("is its command, pattern, path or URL, or else its parameters", () => {
    const titles = [
      ["bash", { command: "npm test\nnpm run build", timeout: 3 }, "npm test…"],
      ["grep", { path: "src", pattern: "foo" }, "foo"],
      ["read", { path: "src/a.ts", offset: 3 }, "src/a.ts"],
      ["fetch", { url: "https://example.com" }, "https://example.com"],
      ["github_issue", { number: 3, labels: ["a"] }, "{\"number\":3,\"labels\":[\"a\"]}"],
      ["read", { path: 3 }, "{\"path\":3}"],
      ["deploy", { service: "shop" }, "shop"],
      ["now", {}, ""],
      ["now", undefined, "now"],
      ["odd", "text", "\"text\""],
      ["odd", null, "null"]
    ] as const
    for (const [name, params, title] of titles) assert.strictEqual(ToolTitle.of(name, params), title)
  })

  it("is short and never longer than a line", () => {
    for (const before of [118, 119, 120]) {
      assert.isTrue(ToolTitle.of("bash", { command: `${"x".repeat(before)}😀😀` }).isWellFormed())
    }
    for (const text of ["x".repeat(1000), "a\nb", "a\r\nb", "a\rb"]) {
      const title = ToolTitle.of("bash", { command: text })
      assert.isAtMost(title.length, 121)
      assert.notMatch(title, /[\r\n]/)
      assert.isTrue(title.endsWith("…"))
    }
  })
})
