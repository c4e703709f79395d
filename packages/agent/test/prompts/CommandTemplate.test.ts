import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { execFileSync } from "node:child_process"
import * as CommandTemplate from "../../src/prompts/CommandTemplate.ts"

const fill = (template: string, typed: string) =>
  CommandTemplate.insert(CommandTemplate.parse(template), CommandTemplate.parseArguments(typed))

const text = (template: string, typed: string) => fill(template, typed).map(({ text }) => text).join("")

/** The command line of a template that has nothing else. */
const shell = (command: string, words: ReadonlyArray<string>) => {
  const [segment] = CommandTemplate.insert(CommandTemplate.parse(`!\`${command}\``), CommandTemplate.fromWords(words))
  assert.strictEqual(segment!.type, "shell")
  return segment!.text
}

describe("A template", () => {
  it("has places for all arguments and for single words", () => {
    assert.strictEqual(text("Fix $1 in $2: $ARGUMENTS", "bug 'a file'"), "Fix bug in a file: bug 'a file'")
    assert.strictEqual(text("[$1][$2][$9]", "one"), "[one][][]")
    assert.strictEqual(text("$10 and $ and $x", "one"), "$10 and $ and $x\n\none")
  })

  it("is followed by the arguments if it has no place for them", () => {
    assert.strictEqual(text("Review this.", " src/a.ts "), "Review this.\n\nsrc/a.ts")
    assert.strictEqual(text("Review this.", ""), "Review this.")
  })

  it("inserts arguments literally, even if they look like a place or a command line", () => {
    assert.strictEqual(text("Say $1 and $ARGUMENTS", "$2 $& !`id`"), "Say $2 and $2 $& !`id`")
    assert.deepStrictEqual(fill("Say $ARGUMENTS", "!`id`").map(({ type }) => type), ["text"])
  })

  it("has command lines between an exclamation mark with a backtick and a backtick", () => {
    assert.deepStrictEqual(CommandTemplate.parse("Diff: !`git diff $1`\nAnd `code`, wow!`no`, !!`no`"), [
      { type: "text", text: "Diff: " },
      { type: "shell", text: "git diff $1" },
      { type: "text", text: "\nAnd `code`, wow!`no`, !!`no`" }
    ])
  })
})

describe("A command line", () => {
  it("gets plain words as they are, and others in quotes", () => {
    assert.strictEqual(shell("git diff $ARGUMENTS", ["main", "src/a b.ts"]), "git diff main 'src/a b.ts'")
    assert.strictEqual(shell("git show $1 $2", ["HEAD~1;id"]), "git show 'HEAD~1;id' ")
    assert.strictEqual(shell("echo \\$1 '\\' \"$1\"", ["a"]), "echo \\$1 '\\' \"a\"")
  })

  it("gets no argument where quotes have another meaning than in the rest of the line", () => {
    const nested = [
      "git log \"$(git merge-base main \"$1\")\"",
      "echo \"$(git log $1)\"",
      "echo $'a' $1",
      "echo \"${x:-\"$1\"}\"",
      "cat <(echo $1)",
      "echo $((1 + $1))",
      "cat << $1"
    ]
    for (const line of nested) {
      assert.strictEqual(CommandTemplate.findUnsafe(CommandTemplate.parse(`a !\`date\` !\`${line}\``)), line)
      assert.isUndefined(CommandTemplate.findUnsafe(CommandTemplate.parse(`!\`${line.replaceAll("$1", "one")}\``)))
    }
    assert.isUndefined(CommandTemplate.findUnsafe(CommandTemplate.parse("!`cd \"$HOME\"; git diff '$1' \\$2 | head`")))
  })

  it("receives arguments as data wherever the place is", () => {
    const templates = [
      "printf %s $1",
      "printf %s \"$1\"",
      "printf %s '$1'",
      "printf %s x\"y $1\"'z $1'",
      "printf %s \\\"$1"
    ]
    const word = FastCheck.array(
      FastCheck.constantFrom(
        "a",
        " ",
        "'",
        "\"",
        "\\",
        "$",
        "`",
        ";",
        "&",
        "|",
        "(",
        ")",
        "\n",
        "*",
        "$(id)",
        "!",
        "~",
        "#"
      ),
      { minLength: 1, maxLength: 8 }
    ).map((parts) => parts.join(""))
    FastCheck.assert(
      FastCheck.property(word, (word) => {
        const expected = [word, word, word, `xy ${word}z ${word}`, `"${word}`]
        const script = templates.map((template) => `${shell(template, [word])}; printf '\\0'`).join("\n")
        const output = execFileSync("bash", ["--posix", "-c", script], { encoding: "utf8" })
        assert.deepStrictEqual(output.split("\0").slice(0, -1), expected)
      }),
      { numRuns: 20 }
    )
  })
})
