/** What a command line will do, in parts that the rules can judge. */
import { forEachChild, parse, type Redirect, type SyntaxNode } from "unbash"
import type { Judged } from "../../ToolCall.ts"
import { readBuiltin } from "./programs/builtins.ts"
import { isBystander } from "./programs/bystanders.ts"
import { isInterpreter, isShell, readInterpreter, readShell } from "./programs/interpreters.ts"
import { readProgram } from "./programs/knownPrograms.ts"
import { namingWords } from "./programs/subcommands.ts"
import { readWrapper } from "./programs/wrappers.ts"
import type { Inner, Reading } from "./reading.ts"
import { isHarmless, mayConnect } from "./syntax.ts"
import { baseName, literal, masked, type ShellWord, shellWord, unknownWords } from "./words.ts"

const notFiles = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"])

/** `~name`, `~+` and `~-` are what the shell makes of them, and `link/..` is above where the link leads. */
const isElsewhere = (path: string): boolean => /^~[^/]|(?:^|\/)(?!\.{1,2}\/)[^/]+\/+\.\.(?:\/|$)/.test(path)

/** These run what the configuration of the directory that they are in says. */
const readsConfiguration = new Set(["gh", "git", "hg", "jj", "svn"])

/**
 * Terminals and shells differ in what they make of other control characters; and where bash removes a backslash with its line break in
 * the middle of a word, it can make `$\` and `(rm x)` one substitution.
 */
const readsDifferently = (code: string): boolean => /[^\P{Cc}\t\n]|[\u2028\u2029]|\S\\\n\S/u.test(code)

/** Of very many words, this many of each tail are looked at: rules name the beginning of a command. */
const maxTailWords = 10

/** Commands are followed as far as this, and as deep in one another (`xargs xargs …`); what is left is opaque. */
const maxCommands = 500
const maxDepth = 40

const keyOf = ({ opaque, permission, subject }: Judged): string => `${permission} ${opaque} ${subject}`

const textOf = (words: ReadonlyArray<ShellWord>): string =>
  words.map(({ text }) => text).filter((text) => text !== "").join(" ")

/** The other names of a command: `/bin/rm` is `rm`, and where file names have no case `RM` is. */
const otherNames = (words: ReadonlyArray<ShellWord>): ReadonlyArray<string> => {
  const [name, ...rest] = words
  if (name?.literal === undefined) return []
  const base = baseName(name.literal)
  return [...new Set([base, base.toLowerCase()])]
    .filter((other) => other !== "" && other !== name.literal)
    .map((other) => [other, textOf(rest)].join(" ").trimEnd())
}

/** Every command that a program could run of what it is given. */
const tails = (words: ReadonlyArray<ShellWord>): ReadonlyArray<string> =>
  words.flatMap((word, at) => {
    if (word.literal === undefined || word.literal.startsWith("-")) return []
    const tail = words.slice(at, words.length > 200 ? at + maxTailWords : undefined)
    return [textOf(tail), ...otherNames(tail)]
  })

/**
 * Every simple command as one subject for `bash`, wherever it is: in lists, pipes, conditions, loops, functions,
 * substitutions, here documents, given to `sudo`, `xargs`, `bash -c` and the like; and every file that output is
 * redirected to, as it is written, as one for `edit`. Unless all that the line consists of is known to do what one reads, the whole
 * line is a subject as well, and opaque. `environment` has the names of the variables that its commands inherit.
 */
export const judge = (
  command: string,
  environment: ReadonlySet<string>,
  outerDepth = 0
): ReadonlyArray<Judged> => {
  const parts = new Map<string, Judged>()
  let isOpaque = false
  let moves = false
  /** What a command is depends on the directory that it starts in. */
  let dependsOnDirectory = false
  let count = 0
  let depth = outerDepth

  const add = (part: Judged) => {
    parts.set(keyOf(part), part)
  }

  const visitCode = (source: string | undefined) => {
    if (source === undefined || readsDifferently(source)) isOpaque = true
    if (source !== undefined) visit(parse(source))
  }

  const write = (path: string | undefined, text: string) => {
    if (path === undefined || isElsewhere(path)) {
      add({ permission: "edit", subject: text, opaque: true })
      // For this session `$file` may be allowed, but it may be another file the next time.
      isOpaque = true
    } else if (!notFiles.has(path)) {
      add({ permission: "edit", subject: path })
    }
  }

  const redirect = (node: Redirect) => {
    const { operator, target } = node
    if (target === undefined) return
    if (mayConnect(node)) isOpaque = true
    const path = literal(target)
    // Bash expands what `>&` is given a second time, quoted or not.
    if ((operator === ">&" || operator === "<&") && !/^[\w@%+=:,./-]+$/.test(path ?? "")) isOpaque = true
    if (operator === "<" || operator === "<&" || (operator === ">&" && /^(?:\d+-?|-)$/.test(path ?? ""))) return
    write(path, target.text)
  }

  const runInner = ({ appends, token, tokenIsPath, words }: Inner) => {
    if (words.length === 0) return
    if (appends) return run([...words, unknownWords])
    run(words)
    if (token === undefined) return
    const replaced = words.map((word) => masked(word, token, tokenIsPath !== true))
    // A part of the code is what nobody knows yet.
    if (isInterpreter(baseName(words[0]!.literal ?? "")) && replaced.some((word, at) => word !== words[at])) {
      isOpaque = true
    }
    run(replaced)
  }

  /** What the commands of this code are, for rules that deny. */
  const mentioned = (code: string): ReadonlyArray<string> => {
    if (depth >= maxDepth) return []
    const commands = judge(code, environment, depth + 1).filter(({ permission }) => permission === "bash")
    return commands.flatMap(({ aliases = [], subject }) => [subject, ...aliases])
  }

  /** What a command may run of its arguments, where that is not known: any of them, as a command or as a shell with its code. */
  const mayRun = (
    name: string,
    args: ReadonlyArray<ShellWord>,
    reading: Reading | undefined
  ): ReadonlyArray<string> => {
    if (isBystander(name)) return []
    const shells = args.flatMap(({ literal }, at) => {
      const name = baseName(literal ?? "")
      return isShell(name) ? readShell(name, args.slice(at + 1))?.code ?? [] : []
    })
    const any = [...tails(args), ...shells.flatMap((code) => code === undefined ? [] : mentioned(code))]
    if (reading === undefined) return any
    if (reading.remote !== undefined) return [...any, ...mentioned(reading.remote)]
    if (reading.isCertain || (reading.code ?? reading.commands ?? []).length > 0) return []
    return [...any, ...args.flatMap(({ literal }) => /\s/.test(literal ?? "") ? mentioned(literal!) : [])]
  }

  const follow = (reading: Reading) => {
    if (!reading.isCertain) isOpaque = true
    if (reading.moves === true) moves = true
    depth += 1
    for (const source of reading.code ?? []) visitCode(source)
    for (const inner of reading.commands ?? []) runInner(inner)
    depth -= 1
    for (const path of reading.files ?? []) write(path, path)
  }

  const run = (words: ReadonlyArray<ShellWord>) => {
    const [name, ...args] = words
    if (name === undefined) return
    const subject = textOf(words)
    count += 1
    if (name.literal === undefined || count > maxCommands || depth > maxDepth) {
      if (!parts.has(keyOf({ permission: "bash", subject }))) {
        add({ permission: "bash", subject, aliases: tails(words) })
      }
      isOpaque = true
      return
    }
    const base = baseName(name.literal)
    const naming = namingWords(base, args[0]?.literal)
    // `git $what` may be any of git's commands.
    if (args.slice(0, naming - 1).some(({ literal }) => literal === undefined)) isOpaque = true
    if (readsConfiguration.has(base) || /^[^/~].*\//.test(name.literal)) dependsOnDirectory = true
    const reader = readBuiltin(base, environment) ?? readProgram(base) ?? readWrapper(base, args[0]?.literal) ??
      readInterpreter(base)
    const reading = reader?.(args)
    add({
      permission: "bash",
      subject,
      aliases: [...otherNames(words), ...mayRun(base, args.slice(naming - 1), reading)]
    })
    if (reading !== undefined) follow(reading)
  }

  const visit = (node: SyntaxNode): void => {
    if (!isHarmless(node, environment)) isOpaque = true
    if (node.type === "Redirect") redirect(node)
    if (node.type === "Command") {
      if (node.name !== undefined) run([node.name, ...node.args].map(shellWord))
      // What a shell is given as its input is code.
      if (isShell(baseName(node.name?.value ?? ""))) {
        for (const input of node.redirects) {
          if (input.type === "HereDoc") visitCode(input.body.text)
          else if (input.type === "HereString") {
            visitCode(input.target === undefined ? undefined : literal(input.target))
          }
        }
      }
    }
    forEachChild(node, visit)
  }

  visitCode(command)
  if (moves) {
    // The other directory may have a configuration that names programs, and another file as `./run`.
    if (dependsOnDirectory) isOpaque = true
    // Nobody can tell which file `> out` is.
    for (const [key, part] of parts) {
      if (part.permission === "edit" && !/^[/~]/.test(part.subject)) parts.set(key, { ...part, opaque: true })
    }
  }
  if (isOpaque) {
    const [first, ...others] = parts.values()
    const line: Judged = { permission: "bash", subject: command.trim(), opaque: true }
    // A line that is one command is asked for once.
    if (first?.permission === "bash" && others.length === 0) {
      return [{ ...line, aliases: [first.subject, ...first.aliases ?? []] }]
    }
    add(line)
  }
  if (parts.size === 0) add({ permission: "bash", subject: command.trim() })
  return [...parts.values()]
}
