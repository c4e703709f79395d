import { assert, describe, it } from "@effect/vitest"
import { assertSome } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import { spawnSync } from "node:child_process"
import { commands } from "../src/Cli.ts"
import * as Argv from "../src/command-line/argv.ts"
import { syntax } from "../src/command-line/commandTree.ts"
import * as Completions from "../src/command-line/completions.ts"
import * as Help from "../src/command-line/help.ts"

const parsed = (...args: ReadonlyArray<string>) => Either.getOrThrow(Argv.parse(args, commands))
const refused = (...args: ReadonlyArray<string>) => {
  const error = Either.getOrThrow(Either.flip(Argv.parse(args, commands)))
  return `${error.message} ${error.hint}`
}

describe("a command line", () => {
  it("is a path of commands, then options and words", () => {
    const { path, rest } = parsed("run", "why", "-m", "x", "not?")
    assert.deepStrictEqual(path.map(({ name }) => name), ["altimate-code", "run"])
    assert.deepStrictEqual(rest, ["--model", "x", "--", "why", "not?"])
  })

  it("takes options in every form that getopt has", () => {
    assert.deepStrictEqual(parsed("run", "--system", "a\n--b", "-m", "x", "-m", "y", "hi").rest, [
      "--system",
      "a\n--b",
      "--model",
      "y",
      "--",
      "hi"
    ])
    assert.deepStrictEqual(parsed("run", "--system=--odd", "hi").rest, ["--system=--odd", "--", "hi"])
    for (const form of [["--model", "x"], ["--model=x"], ["-m", "x"], ["-mx"], ["-m=x"]]) {
      assert.deepStrictEqual(parsed("run", ...form, "hi").rest, ["--model", "x", "--", "hi"])
    }
  })

  it("takes a log level in any case and in any position", () => {
    for (
      const args of [["--log-level", "DEBUG", "run", "hi"], ["run", "--log-level=debug", "hi"], [
        "run",
        "hi",
        "--log-level",
        "Debug"
      ]]
    ) {
      const { globals, rest } = parsed(...args)
      assert.strictEqual(globals.logLevel, LogLevel.Debug)
      assert.deepStrictEqual(rest, ["--", "hi"])
    }
    assert.strictEqual(parsed("run", "hi", "--log-level", "WARN").globals.logLevel, LogLevel.Warning)
    assert.match(refused("run", "hi", "--log-level", "loud"), /"loud".*DEBUG, INFO, WARN, ERROR/)
  })

  it("refuses an unknown option with a suggestion, also behind words", () => {
    assert.match(refused("run", "hi", "--modle", "x"), /unknown option "--modle".*Did you mean --model\?.*Put --/)
    assert.match(refused("models", "--regoin"), /unknown option "--regoin"/)
    assert.notMatch(refused("run", "--entirely-different"), /Did you mean/)
  })

  it("refuses an unknown command with a suggestion", () => {
    assert.match(refused("auth", "logn"), /auth: unknown command "logn".*Did you mean login\?/)
  })

  it("takes the other names of commands and options for the same", () => {
    for (const command of ["auth", "providers", "mcp", "session"]) {
      assert.strictEqual(parsed(command, "ls").path.at(-1), parsed(command, "list").path.at(-1))
    }
    assert.deepStrictEqual(parsed("run", "-r", "x", "--max-turns=3", "--name", "t", "hi").rest, [
      "--session",
      "x",
      "--max-steps",
      "3",
      "--title",
      "t",
      "--",
      "hi"
    ])
    assert.deepStrictEqual(parsed("run", "--format", "JSON").rest, ["--format", "json"])
  })

  it("runs one task with -p, wherever that is", () => {
    for (const args of [["-p", "-c", "models"], ["-c", "--print", "models"], ["-c", "-p", "--", "models"]]) {
      const { path, rest } = parsed(...args)
      assert.deepStrictEqual(path.map(({ name }) => name), ["altimate-code", "run"])
      assert.deepStrictEqual(rest, ["-c", "--", "models"])
    }
    assert.strictEqual(parsed("why?", "-p").path.at(-1)!.name, "run")
  })

  it("takes help for --help in front of a command", () => {
    for (const args of [["help"], ["help", "auth"], ["auth", "help", "login"]]) {
      const { globals, path } = parsed(...args)
      assert.isTrue(globals.help)
      assert.strictEqual(path.at(-1)!.name, args.findLast((arg) => arg !== "help") ?? "altimate-code")
    }
    assert.isFalse(parsed("run", "help", "me").globals.help)
  })

  it("takes a word that is no command for a directory, and a command for the command", () => {
    for (
      const [args, name, words] of [
        [["src"], "altimate-code", ["src"]],
        [["-c", "./run"], "altimate-code", ["./run"]],
        [["--", "run"], "altimate-code", ["run"]],
        [["run"], "run", []],
        [["run", "src"], "run", ["src"]]
      ] as const
    ) {
      const parsedAs = parsed(...args)
      assert.strictEqual(parsedAs.path.at(-1)!.name, name)
      assert.deepStrictEqual(parsedAs.words, words)
    }
  })

  it("names the command that has an option, where another one is given it", () => {
    assert.match(refused("--title", "x"), /unknown option "--title"\. It is an option of: altimate-code run\./)
    assert.match(refused("doctor", "--yolo"), /It is an option of: altimate-code, altimate-code run\./)
  })

  it("says what to do instead of what other tools have", () => {
    assert.match(
      refused("run", "hi", "--output-format", "json"),
      /unknown option "--output-format"\. Use --format json/
    )
    assert.match(refused("mcp", "add", "x"), /mcp: unknown command "add"\. Describe MCP servers under mcp/)
    assert.notMatch(refused("mcp", "toString"), /undefined|native code/)
  })

  it("leaves everything behind -- alone", () => {
    const { globals, rest } = parsed("run", "--", "--help", "--modle", "-x", "--")
    assert.isFalse(globals.help)
    assert.deepStrictEqual(rest, ["--", "--help", "--modle", "-x", "--"])
  })

  it("refuses an option without its value", () => {
    assert.match(refused("run", "hi", "--model"), /--model needs a value/)
    assert.match(refused("run", "--model", "--", "hi"), /--model needs a value/)
    assert.match(refused("run", "--system", "--help"), /--system needs a value.*--system=--help/)
    assert.match(refused("run", "--model=", "hi"), /--model needs a value/)
    assert.deepStrictEqual(parsed("run", "--system=--help", "hi").rest, ["--system=--help", "--", "hi"])
  })

  it("refuses a value for a switch", () => {
    assert.match(refused("run", "hi", "--print-logs=yes"), /--print-logs takes no value/)
  })

  it("refuses an argument where none is taken", () => {
    assert.match(refused("config", "show", "extra"), /takes no argument/)
  })

  it("knows the shells", () => {
    assertSome(parsed("--completions", "zsh").globals.completions, "zsh")
    assert.match(refused("--completions", "csh"), /bash, zsh, fish/)
  })
})

describe("help", () => {
  const all = (path: ReadonlyArray<typeof commands>): Array<ReadonlyArray<typeof commands>> => [
    path,
    ...path.at(-1)!.children.flatMap((child) => all([...path, child]))
  ]

  for (const path of all([commands])) {
    const name = path.map(({ name }) => name).join(" ")

    it(`${name} --help fits one screen and explains everything`, () => {
      const help = Help.render(path)
      const lines = help.split("\n")
      assert.isAtMost(lines.length, 45)
      for (const line of lines) assert.isAtMost(line.length, 80, line)
      const { args, description, options } = syntax(path.at(-1)!)
      assert.isNotEmpty(description)
      for (const { description, names } of [...args, ...options]) {
        assert.isNotEmpty(description, names.join())
        assert.include(help, description.split(" ").slice(0, 3).join(" "))
      }
      if (path.at(-1)!.acts) assert.isNotEmpty(path.at(-1)!.examples, "has examples")
    })
  }
})

describe("completions in a real bash", () => {
  const completed = (...words: ReadonlyArray<string>) => {
    const script = `${Completions.render(commands, "bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _altimate_code; printf '%s ' "\${COMPREPLY[@]}"`
    const { status, stderr, stdout } = spawnSync("bash", ["-c", script, "bash", "altimate-code", ...words], {
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stderr)
    return stdout.trim()
  }

  it("complete commands, options and values", () => {
    assert.strictEqual(completed("ru"), "run")
    assert.strictEqual(completed("auth", "log"), "login logout")
    assert.strictEqual(completed("auth", "l"), "login logout list ls")
    assert.strictEqual(completed("auth", "login", "am"), "amazon-bedrock")
    assert.strictEqual(completed("session", "rm", "--log-level", "E"), "ERROR")
    assert.strictEqual(completed("run", "hi", "--m"), "--model --max-tokens --max-steps --max-turns")
    assert.strictEqual(completed("run", "--format", ""), "text json")
    assert.strictEqual(completed("--log-level", "D"), "DEBUG")
    assert.strictEqual(completed("--print-logs", "models", "res"), "resolve")
    assert.strictEqual(completed("run", "-f", "/etc/hostn"), "/etc/hostname")
  })

  it("are there under both names of the program", () => {
    assert.match(Completions.render(commands, "bash"), /^complete .* altimate-code altimate$/m)
    assert.match(Completions.render(commands, "zsh"), /^complete .* altimate-code altimate$/m)
    const fish = Completions.render(commands, "fish")
    assert.match(fish, /^complete -c altimate -w altimate-code$/m)
    assert.match(fish, /^complete -c altimate-code -f .* -a '\(__fish_complete_directories\)'$/m)
    assert.match(fish, /-a 'amazon-bedrock'$/m)
  })
})
