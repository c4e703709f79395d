/** Splits a command line into parts for the permission rules. */
import { forEachChild, parse, type Redirect, type SyntaxNode } from "unbash"
import type { ActionPart } from "../../tools/ToolCall.ts"
import type { CallAnalysis, Inner } from "./callAnalysis.ts"
import { findBuiltinAnalyzer } from "./programs/builtins.ts"
import { analyzeShell, findInterpreterAnalyzer, isInterpreter, isShell } from "./programs/interpreters.ts"
import { findProgramAnalyzer } from "./programs/knownPrograms.ts"
import { isPassive } from "./programs/passivePrograms.ts"
import { countNamingWords } from "./programs/subcommands.ts"
import { findWrapperAnalyzer } from "./programs/wrappers.ts"
import { isHarmless, mayConnect } from "./syntax.ts"
import { baseName, literal, type ShellWord, shellWord, substituteUnknown, unknownWords } from "./words.ts"

const notFiles = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"])

/** The shell expands `~name`, `~+` and `~-`, and `link/..` is the parent of the link's target. */
const isUnresolved = (path: string): boolean => /^~[^/]|(?:^|\/)(?!\.{1,2}\/)[^/]+\/+\.\.(?:\/|$)/.test(path)

/** Programs that run commands from a configuration in the working directory. */
const readsConfiguration = new Set(["gh", "git", "hg", "jj", "svn"])

/**
 * Terminals and shells interpret other control characters differently. Bash removes a backslash with a line break inside a word, which
 * can turn `$\` and `(rm x)` into one substitution.
 */
const isAmbiguous = (code: string): boolean => /[^\P{Cc}\t\n]|[\u2028\u2029]|\S\\\n\S/u.test(code)

/** For very long commands, only this many words of each tail are used. Rules match the beginning of a command. */
const maxTailWords = 10

/** Limits for the number and the nesting (`xargs xargs …`) of commands; beyond them the line is opaque. */
const maxCommands = 500
const maxDepth = 40

const keyOf = ({ opaque, permission, subject }: ActionPart): string => `${permission} ${opaque} ${subject}`

const textOf = (words: ReadonlyArray<ShellWord>): string =>
  words.map(({ text }) => text).filter((text) => text !== "").join(" ")

/** Returns other spellings of a command: `rm` for `/bin/rm`, and for `RM`, which is the same where file names ignore case. */
const findAliases = (words: ReadonlyArray<ShellWord>): ReadonlyArray<string> => {
  const [name, ...rest] = words
  if (name?.literal === undefined) return []
  const base = baseName(name.literal)
  return [...new Set([base, base.toLowerCase()])]
    .filter((other) => other !== "" && other !== name.literal)
    .map((other) => [other, textOf(rest)].join(" ").trimEnd())
}

/** Returns every command that a program could run from its arguments. */
const findTails = (words: ReadonlyArray<ShellWord>): ReadonlyArray<string> =>
  words.flatMap((word, at) => {
    if (word.literal === undefined || word.literal.startsWith("-")) return []
    const tail = words.slice(at, words.length > 200 ? at + maxTailWords : undefined)
    return [textOf(tail), ...findAliases(tail)]
  })

/**
 * Returns every simple command as a subject for `bash`, wherever it occurs: in lists, pipes, conditions, loops, functions, substitutions,
 * here documents, or as an argument of `sudo`, `xargs`, `bash -c` and the like. Returns every file to which output is redirected, as
 * written, as a subject for `edit`. Unless all of the line is known to do only what its text shows, the whole line is an additional,
 * opaque subject. `environment` has the names of the variables that the commands inherit.
 */
export const splitCommandLine = (
  command: string,
  environment: ReadonlySet<string>,
  outerDepth = 0
): ReadonlyArray<ActionPart> => {
  const parts = new Map<string, ActionPart>()
  let isOpaque = false
  let changesDirectory = false
  /** Whether the meaning of a command depends on the working directory. */
  let dependsOnDirectory = false
  let count = 0
  let depth = outerDepth

  const add = (part: ActionPart) => {
    parts.set(keyOf(part), part)
  }

  const visitCode = (source: string | undefined) => {
    if (source === undefined || isAmbiguous(source)) isOpaque = true
    if (source !== undefined) visit(parse(source))
  }

  const write = (path: string | undefined, text: string) => {
    if (path === undefined || isUnresolved(path)) {
      add({ permission: "edit", subject: text, opaque: true })
      // A grant for `$file` must not allow another file the next time.
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
    // Bash expands the operand of `>&` a second time, quoted or not.
    if ((operator === ">&" || operator === "<&") && !/^[\w@%+=:,./-]+$/.test(path ?? "")) isOpaque = true
    if (operator === "<" || operator === "<&" || (operator === ">&" && /^(?:\d+-?|-)$/.test(path ?? ""))) return
    write(path, target.text)
  }

  const runInner = ({ appends, token, tokenIsPath, words }: Inner) => {
    if (words.length === 0) return
    if (appends) return run([...words, unknownWords])
    run(words)
    if (token === undefined) return
    const replaced = words.map((word) => substituteUnknown(word, token, tokenIsPath !== true))
    // A part of the code is unknown.
    if (isInterpreter(baseName(words[0]!.literal ?? "")) && replaced.some((word, at) => word !== words[at])) {
      isOpaque = true
    }
    run(replaced)
  }

  /** Finds the commands in this code, for rules that deny. */
  const findCommands = (code: string): ReadonlyArray<string> => {
    if (depth >= maxDepth) return []
    const commands = splitCommandLine(code, environment, depth + 1).filter(({ permission }) => permission === "bash")
    return commands.flatMap(({ aliases = [], subject }) => [subject, ...aliases])
  }

  /** Finds what a program might run from its arguments, if that is uncertain: any command, or a shell with its code. */
  const findPossibleCommands = (
    name: string,
    args: ReadonlyArray<ShellWord>,
    reading: CallAnalysis | undefined
  ): ReadonlyArray<string> => {
    if (isPassive(name)) return []
    const shells = args.flatMap(({ literal }, at) => {
      const name = baseName(literal ?? "")
      return isShell(name) ? analyzeShell(name, args.slice(at + 1))?.code ?? [] : []
    })
    const any = [...findTails(args), ...shells.flatMap((code) => code === undefined ? [] : findCommands(code))]
    if (reading === undefined) return any
    if (reading.remote !== undefined) return [...any, ...findCommands(reading.remote)]
    if (reading.isCertain || (reading.code ?? reading.commands ?? []).length > 0) return []
    return [...any, ...args.flatMap(({ literal }) => /\s/.test(literal ?? "") ? findCommands(literal!) : [])]
  }

  const follow = (reading: CallAnalysis) => {
    if (!reading.isCertain) isOpaque = true
    if (reading.changesDirectory === true) changesDirectory = true
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
        add({ permission: "bash", subject, aliases: findTails(words) })
      }
      isOpaque = true
      return
    }
    const base = baseName(name.literal)
    const naming = countNamingWords(base, args[0]?.literal)
    // `git $command` can be any git command.
    if (args.slice(0, naming - 1).some(({ literal }) => literal === undefined)) isOpaque = true
    if (readsConfiguration.has(base) || /^[^/~].*\//.test(name.literal)) dependsOnDirectory = true
    const reader = findBuiltinAnalyzer(base, environment) ?? findProgramAnalyzer(base) ??
      findWrapperAnalyzer(base, args[0]?.literal) ??
      findInterpreterAnalyzer(base)
    const reading = reader?.(args)
    add({
      permission: "bash",
      subject,
      aliases: [...findAliases(words), ...findPossibleCommands(base, args.slice(naming - 1), reading)]
    })
    if (reading !== undefined) follow(reading)
  }

  const visit = (node: SyntaxNode): void => {
    if (!isHarmless(node, environment)) isOpaque = true
    if (node.type === "Redirect") redirect(node)
    if (node.type === "Command") {
      if (node.name !== undefined) run([node.name, ...node.args].map(shellWord))
      // The stdin of a shell is code.
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
  if (changesDirectory) {
    // The new directory may have another configuration and another `./run`.
    if (dependsOnDirectory) isOpaque = true
    // It is unknown to which file `> out` refers.
    for (const [key, part] of parts) {
      if (part.permission === "edit" && !/^[/~]/.test(part.subject)) parts.set(key, { ...part, opaque: true })
    }
  }
  if (isOpaque) {
    const [first, ...others] = parts.values()
    const line: ActionPart = { permission: "bash", subject: command.trim(), opaque: true }
    // A line with a single command needs only one part.
    if (first?.permission === "bash" && others.length === 0) {
      return [{ ...line, aliases: [first.subject, ...first.aliases ?? []] }]
    }
    add(line)
  }
  if (parts.size === 0) add({ permission: "bash", subject: command.trim() })
  return [...parts.values()]
}
