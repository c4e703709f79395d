import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { decide } from "../../src/internal/permission/decide.ts"
import * as Pattern from "../../src/internal/permission/pattern.ts"
import { covers, overlap } from "../../src/internal/permission/patternSets.ts"
import type { Rules } from "../../src/permission/PermissionRules.ts"
import { find as warnings } from "../../src/permission/PermissionWarnings.ts"

const verdict = (rules: Rules, permission: string, subject: string) =>
  decide(rules, { parts: [{ permission, subject }], title: subject }, []).verdict

/** The rules that a warning names, in its order. */
const named = (warning: string) =>
  Array.from(
    warning.matchAll(/permission\.(\S+) ("(?:[^"\\]|\\.)*"): (\w+)/g),
    ([, name, pattern, verdict]) => `${name} ${JSON.parse(pattern!)}: ${verdict}`
  )

describe("rules that mean something else in tools where the last match wins", () => {
  for (
    const [rules, expected] of [
      [{ bash: { "git push *": "allow", "*": "ask" } }, ["bash git push *: allow", "bash *: ask"]],
      [{ bash: { "git push *": "allow", "git *": "deny" } }, ["bash git push *: allow", "bash git *: deny"]],
      [{ bash: { "git push *": "ask", "*": "allow", "git *": "deny" } }, ["bash git push *: ask", "bash git *: deny"]],
      [{ bash: "allow", "*": "deny" }, ["bash *: allow", "* *: deny"]],
      [{ external_directory: { "/usr/*": "allow" }, "*": "ask" }, ["external_directory /usr/*: allow", "* *: ask"]],
      [{ "tickets_search": "allow", "tickets_*": "ask" }, ["tickets_search *: allow", "tickets_* *: ask"]],
      [{ edit: { "docs/*.md": "allow", "*secret*": "deny" } }, ["edit docs/*.md: allow", "edit *secret*: deny"]],
      [{ edit: { "src/main.ts": "allow", "*.ts": "ask" } }, ["edit src/main.ts: allow", "edit *.ts: ask"]],
      [{ write: { "src/*": "allow" }, edit: "deny" }, ["edit src/*: allow", "edit *: deny"]],
      [{ bash: { "ls *": "allow", "cat *": "allow", "*": "ask" } }, [
        "bash ls *: allow",
        "bash *: ask",
        "bash cat *: allow"
      ]]
    ] as ReadonlyArray<readonly [Rules, ReadonlyArray<string>]>
  ) {
    it(`${JSON.stringify(rules)}: one warning names both`, () => {
      const found = warnings(rules, ["tickets"])
      assert.lengthOf(found, 1)
      assert.deepStrictEqual(named(found[0]!), [...expected])
    })
  }

  for (
    const rules of [
      "ask",
      {},
      { bash: { "*": "ask", "git push *": "allow" } },
      { "*": "deny", bash: "allow" },
      // What is stricter here needs no word.
      { bash: { "rm *": "deny", "*": "ask" } },
      // The last one decides there as well.
      { bash: { "git push *": "allow", "*": "ask", "git *": "allow" } },
      { bash: { "git push *": "allow", "npm *": "ask" } },
      { bash: { "git status*": "allow", "rm *": "deny" }, edit: "ask" },
      { read: { "*.md": "allow" }, edit: { "*": "ask" } }
    ] as ReadonlyArray<Rules>
  ) {
    it(`${JSON.stringify(rules)}: no warning`, () => {
      assert.deepStrictEqual(warnings(rules, []), [])
    })
  }

  const text = FastCheck.array(FastCheck.constantFrom("a", "b", " ", "*", "?"), { minLength: 1, maxLength: 4 })
    .map((letters) => letters.join(""))
  const name = FastCheck.constantFrom("bash", "read", "*", "r*", "b*")
  const rulesOf = FastCheck.dictionary(
    name,
    FastCheck.dictionary(text, FastCheck.constantFrom("allow", "ask", "deny"), { minKeys: 1, maxKeys: 4 }),
    { maxKeys: 3 }
  ) as FastCheck.Arbitrary<Exclude<Rules, string>>
  const subjects = ["a", "b", "ab", "ba", "aa", "bb", "a b", "b a", "aab", "abba", "a ", "bab"]
  const strictness = { allow: 0, ask: 1, deny: 2 }

  it.effect.prop("are always reported", [rulesOf], ([rules]) =>
    Effect.sync(() => {
      const flat = Object.entries(rules).flatMap(([name, patterns]) =>
        Object.entries(patterns).map(([pattern, verdict]) => ({ name, pattern, verdict: verdict as "allow" }))
      )
      const isStricterThere = ["bash", "read"].some((permission) =>
        subjects.some((subject) => {
          const there = flat.findLast(({ name, pattern }) =>
            Pattern.matches(name, permission) && Pattern.matches(pattern, subject)
          )
          return there !== undefined && strictness[there.verdict] > strictness[verdict(rules, permission, subject)]
        })
      )
      if (isStricterThere) assert.lengthOf(warnings(rules, []), 1, JSON.stringify(rules))
    }), { fastCheck: { numRuns: 200 } })

  it.effect.prop(
    "patterns overlap and cover each other exactly if their texts do",
    [text, text],
    ([a, b]) =>
      Effect.sync(() => {
        const both = subjects.filter((subject) => Pattern.matches(a, subject) && Pattern.matches(b, subject))
        if (both.length > 0) assert.isTrue(overlap(a, b))
        assert.strictEqual(overlap(a, b), overlap(b, a))
        if (covers(a, b)) {
          assert.isTrue(overlap(a, b))
          for (const subject of subjects) if (Pattern.matches(b, subject)) assert.isTrue(Pattern.matches(a, subject))
        }
        assert.isTrue(covers("*", a))
        assert.isTrue(covers(a, a))
      }),
    { fastCheck: { numRuns: 200 } }
  )

  it("are compared in a short time, even for extreme patterns", () => {
    const long = "a*".repeat(100_000)
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`git ${i} *`, "allow"]))
    assert.isAtMost(warnings({ bash: { [long]: "allow", [`${long}?`]: "ask", ...many } as never }, []).length, 1)
  })
})

describe("names", () => {
  it("that match no tool are reported together, with suggestions for typos", () => {
    const rules: Rules = {
      "*": "ask",
      webfetch: "deny",
      task: "allow",
      todowrite: "allow",
      doom_loop: "ask",
      bsh: "allow",
      Edit: "deny",
      external_directoy: { "/x/*": "allow" },
      wiki_search: "ask"
    }
    assert.deepStrictEqual(warnings(rules, ["tickets"]), [
      "permission.webfetch, permission.task, permission.todowrite, permission.doom_loop, permission.bsh (did you mean bash?), "
      + "permission.Edit (did you mean edit?), permission.external_directoy (did you mean external_directory?), "
      + "permission.wiki_search: no tool has that name, so the rule has no effect."
    ])
  })

  it("of tools, synonyms of edit, tools of servers and wildcards need no warning", () => {
    const names = [
      "read",
      "glob",
      "grep",
      "edit",
      "bash",
      "external_directory",
      "write",
      "patch",
      "multiedit",
      "apply_patch"
    ]
    const rules = Object.fromEntries(
      [...names, "*", "ext*", "wr?te", "tickets_search", "tick*", "my_wiki_*"].map((name) => [name, "ask"])
    )
    assert.deepStrictEqual(warnings(rules as Rules, ["tickets", "my wiki"]), [])
  })

  for (const name of ["write", "patch", "multiedit", "apply_patch", "wr*"]) {
    it(`${name} is a synonym of edit`, () => {
      assert.strictEqual(verdict({ [name]: "deny" }, "edit", "a.ts"), "deny")
      assert.strictEqual(verdict({ [name]: { "docs/*": "allow" } }, "edit", "docs/a.md"), "allow")
      assert.strictEqual(verdict({ [name]: { "docs/*": "allow" } }, "edit", "src/a.ts"), "ask")
      assert.strictEqual(verdict({ "*": "deny", [name]: "allow" }, "edit", "a.ts"), "allow")
      assert.strictEqual(verdict({ [name]: "allow" }, "bash", "a.ts"), "ask")
    })
  }

  it("that are synonyms share their rules: the most specific decides, then the stricter", () => {
    assert.strictEqual(verdict({ edit: "allow", write: "deny" }, "edit", "a.ts"), "deny")
    assert.strictEqual(verdict({ write: "deny", edit: { "src/*": "allow" } }, "edit", "src/a.ts"), "allow")
    assert.strictEqual(verdict({ write: "deny", edit: { "src/*": "allow" } }, "edit", "a.ts"), "deny")
  })
})
