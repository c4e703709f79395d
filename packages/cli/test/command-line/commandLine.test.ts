import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import { assertSome } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import { spawnSync } from "node:child_process"
import { commands } from "../../src/Cli.ts"
import * as Argv from "../../src/command-line/argv.ts"
import { argumentsOf, nameOf, optionsOf } from "../../src/command-line/commandTree.ts"
import * as Completions from "../../src/command-line/completions.ts"
import { globalOptions } from "../../src/command-line/globalOptions.ts"
import * as Help from "../../src/command-line/help.ts"
import { decode } from "../../src/command-line/parameter.ts"

/** The command, what is given for it, and the values of the options that every command has. */
const parsed = (...args: ReadonlyArray<string>) => {
  const argv = Either.getOrThrow(Argv.parse(args, commands))
  const globals = Effect.runSync(
    Effect.provide(decode(globalOptions, { ...argv, words: [] }, nameOf(argv.path)), NodeContext.layer)
  )
  return { globals, name: argv.path.at(-1)!.name, options: Object.fromEntries(argv.options), words: argv.words }
}

/** What the command's handler gets. */
const values = (...args: ReadonlyArray<string>) => {
  const argv = Either.getOrThrow(Argv.parse(args, commands))
  const decoded = decode(argv.path.at(-1)!.parameters, argv, nameOf(argv.path))
  return Effect.runSync(Effect.either(Effect.provide(decoded, NodeContext.layer)))
}

const refused = (...args: ReadonlyArray<string>) => {
  const error = Either.getOrThrow(Either.flip(Argv.parse(args, commands)))
  return `${error.message} ${error.hint}`
}

describe("a command line", () => {
  it("is a path of commands, then options and words", () => {
    const { path } = Either.getOrThrow(Argv.parse(["run", "why", "-m", "x", "not?"], commands))
    assert.deepStrictEqual(path.map(({ name }) => name), ["altimate-code", "run"])
    const { options, words } = parsed("run", "why", "-m", "x", "not?")
    assert.deepStrictEqual(options, { "--model": ["x"] })
    assert.deepStrictEqual(words, ["why", "not?"])
  })

  it("accepts options in all forms of getopt", () => {
    assert.deepStrictEqual(parsed("run", "--system", "a\n--b", "-m", "x", "-m", "y", "hi").options, {
      "--system": ["a\n--b"],
      "--model": ["y"]
    })
    assert.deepStrictEqual(parsed("run", "--system=--odd", "hi").options, { "--system": ["--odd"] })
    for (const form of [["--model", "x"], ["--model=x"], ["-m", "x"], ["-mx"], ["-m=x"]]) {
      const { options, words } = parsed("run", ...form, "hi")
      assert.deepStrictEqual(options, { "--model": ["x"] })
      assert.deepStrictEqual(words, ["hi"])
    }
  })

  it("collects all values of an option that may be repeated", () => {
    assert.deepStrictEqual(parsed("run", "-f", "a", "--file=b", "-fc").options, { "--file": ["a", "b", "c"] })
  })

  it("passes every value to the handler as it was typed", () => {
    const given = ["-c", "--file=-x", "--file", "a b", "--system", "true\n--yolo", "--", "true", "--format", "-c"]
    const decoded = Either.getOrThrow(values("run", ...given)) as Record<string, unknown>
    assert.deepInclude(decoded, {
      continue: true,
      yolo: false,
      files: ["-x", "a b"],
      maxSteps: 50,
      format: "text",
      prompt: ["true", "--format", "-c"]
    })
    assertSome(decoded["system"] as never, "true\n--yolo")
  })

  it("rejects an invalid value, a missing argument, and an extra argument", () => {
    const error = (...args: ReadonlyArray<string>) => Either.getOrThrow(Either.flip(values(...args))).message
    for (const value of ["0", "-5", "1.5", "many"]) {
      assert.strictEqual(
        error("run", "hi", "--max-steps", value),
        `--max-steps must be a whole number from 1, but was given "${value}".`
      )
    }
    assert.match(error("sandbox", "--port", "65536"), /^--port must be from 0 to 65535, but was given "65536"/)
    assert.strictEqual(error("models", "resolve"), "altimate-code models resolve: <id> is missing.")
    assert.strictEqual(error("models", "resolve", "a", "b"), "altimate-code models resolve: too many arguments.")
  })

  it("accepts a log level in any case and position", () => {
    for (
      const args of [["--log-level", "DEBUG", "run", "hi"], ["run", "--log-level=debug", "hi"], [
        "run",
        "hi",
        "--log-level",
        "Debug"
      ]]
    ) {
      const { globals, name, words } = parsed(...args)
      assert.strictEqual(globals.logLevel, LogLevel.Debug)
      assert.strictEqual(name, "run")
      assert.deepStrictEqual(words, ["hi"])
    }
    assert.strictEqual(parsed("run", "hi", "--log-level", "WARN").globals.logLevel, LogLevel.Warning)
    assert.strictEqual(parsed("run", "hi").globals.logLevel, LogLevel.Info)
    assert.match(refused("run", "hi", "--log-level", "loud"), /"loud".*DEBUG, INFO, WARN, ERROR/)
  })

  it("refuses an unknown option with a suggestion, even after words", () => {
    assert.match(refused("run", "hi", "--modle", "x"), /unknown option "--modle".*Did you mean --model\?.*Put --/)
    assert.match(refused("models", "--regoin"), /unknown option "--regoin"/)
    assert.notMatch(refused("run", "--entirely-different"), /Did you mean/)
  })

  it("refuses an unknown command with a suggestion", () => {
    assert.match(refused("auth", "logn"), /auth: unknown command "logn".*Did you mean login\?/)
  })

  it("refuses an option in front of a command that does not have it", () => {
    assert.match(refused("--yolo", "doctor"), /altimate-code doctor: unknown option "--yolo"/)
    assert.deepStrictEqual(parsed("-c", "run", "hi").options, { "--continue": [] })
  })

  it("accepts aliases of commands and options", () => {
    for (const command of ["auth", "providers", "mcp", "session"]) {
      assert.strictEqual(parsed(command, "ls").name, "list")
    }
    assert.deepStrictEqual(parsed("run", "-r", "x", "--max-turns=3", "--name", "t", "hi").options, {
      "--session": ["x"],
      "--max-steps": ["3"],
      "--title": ["t"]
    })
    assert.deepStrictEqual(parsed("run", "--format", "JSON").options, { "--format": ["json"] })
  })

  it("runs one task with -p, in any position", () => {
    for (const args of [["-p", "-c", "models"], ["-c", "--print", "models"], ["-c", "-p", "--", "models"]]) {
      const { name, options, words } = parsed(...args)
      assert.strictEqual(name, "run")
      assert.deepStrictEqual(options, { "--continue": [] })
      assert.deepStrictEqual(words, ["models"])
    }
    assert.strictEqual(parsed("why?", "-p").name, "run")
  })

  it("treats help before a command as --help", () => {
    for (const args of [["help"], ["help", "auth"], ["auth", "help", "login"]]) {
      const { globals, name } = parsed(...args)
      assert.isTrue(globals.help)
      assert.strictEqual(name, args.findLast((arg) => arg !== "help") ?? "altimate-code")
    }
    assert.isFalse(parsed("run", "help", "me").globals.help)
  })

  it("treats the name of a command as the command, and any other word as a directory", () => {
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
      assert.strictEqual(parsedAs.name, name)
      assert.deepStrictEqual(parsedAs.words, words)
    }
  })

  it("names the commands that accept an option if this command does not", () => {
    assert.match(refused("--title", "x"), /unknown option "--title"\. It is an option of: altimate-code run\./)
    assert.match(refused("doctor", "--yolo"), /It is an option of: altimate-code, altimate-code run\./)
  })

  it("suggests the equivalent of other tools' options and commands", () => {
    assert.match(
      refused("run", "hi", "--output-format", "json"),
      /unknown option "--output-format"\. Use --format json/
    )
    assert.match(refused("mcp", "add", "x"), /mcp: unknown command "add"\. Describe MCP servers under mcp/)
    assert.notMatch(refused("mcp", "toString"), /undefined|native code/)
  })

  it("does not treat words after -- as options", () => {
    const { globals, options, words } = parsed("run", "--", "--help", "--modle", "-x", "--")
    assert.isFalse(globals.help)
    assert.deepStrictEqual(options, {})
    assert.deepStrictEqual(words, ["--help", "--modle", "-x", "--"])
  })

  it("refuses an option without its value", () => {
    assert.match(refused("run", "hi", "--model"), /--model needs a value/)
    assert.match(
      refused("--resume"),
      /--resume needs a value \(ID\)\.[^]*session list shows the IDs; --continue resumes the last/
    )
    assert.match(refused("run", "--model", "--", "hi"), /--model needs a value/)
    assert.match(refused("run", "--system", "--help"), /--system needs a value.*--system=--help/)
    assert.match(refused("run", "--model=", "hi"), /--model needs a value/)
    assert.deepStrictEqual(parsed("run", "--system=--help", "hi").options, { "--system": ["--help"] })
  })

  it("refuses a value for a switch", () => {
    assert.match(refused("run", "hi", "--print-logs=yes"), /--print-logs takes no value/)
  })

  it("rejects an argument if the command takes none", () => {
    assert.match(refused("config", "show", "extra"), /takes no argument/)
  })

  it("has completions for three shells", () => {
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
      assert.isAtMost(lines.length, 54)
      for (const line of lines) assert.isAtMost(line.length, 80, line)
      const command = path.at(-1)!
      assert.isNotEmpty(command.description)
      for (const { description, names } of [...argumentsOf(command), ...optionsOf(command)]) {
        assert.isNotEmpty(description, names.join())
        assert.include(help, description.split(" ").slice(0, 3).join(" "))
      }
      if (command.run !== undefined) assert.isNotEmpty(command.examples, "has examples")
    })
  }
})

describe("completions", () => {
  const completed = (...words: ReadonlyArray<string>) => {
    const script = `${Completions.render(commands, "bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _altimate_code; printf '%s ' "\${COMPREPLY[@]}"`
    const { status, stderr, stdout } = spawnSync("bash", ["-c", script, "bash", "altimate-code", ...words], {
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stderr)
    return stdout.trim()
  }

  it("complete commands, options and values in a real bash", () => {
    assert.strictEqual(completed("ru"), "run")
    assert.strictEqual(completed("auth", "log"), "login logout")
    assert.strictEqual(completed("auth", "l"), "login logout list ls")
    assert.strictEqual(completed("auth", "login", "am"), "amazon-bedrock")
    assert.strictEqual(completed("session", "rm", "--log-level", "E"), "ERROR")
    assert.strictEqual(
      completed("run", "hi", "--m"),
      "--model --max-tokens --max-steps --max-turns --max-cost --max-budget-usd --mode"
    )
    assert.strictEqual(completed("run", "--format", ""), "text json")
    assert.strictEqual(completed("--log-level", "D"), "DEBUG")
    assert.strictEqual(completed("--print-logs", "models", "res"), "resolve")
    assert.strictEqual(completed("run", "-f", "/etc/hostn"), "/etc/hostname")
  })

  it("work for both names of the program", () => {
    assert.match(Completions.render(commands, "bash"), /^complete .* altimate-code altimate$/m)
    assert.match(Completions.render(commands, "zsh"), /^complete .* altimate-code altimate$/m)
    const fish = Completions.render(commands, "fish")
    assert.match(fish, /^complete -c altimate -w altimate-code$/m)
    assert.match(fish, /^complete -c altimate-code -f .* -a '\(__fish_complete_directories\)'$/m)
    assert.match(fish, /-a 'amazon-bedrock'$/m)
  })
})
