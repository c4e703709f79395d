/** What a command line will do, in parts that the rules can judge. */
import { forEachChild, parse, type Redirect, type SyntaxNode } from "unbash"
import type { Judged } from "../ToolCall.ts"
import { identifying } from "./commandPrefix.ts"
import { codeAt, isDevice, isInterpreter, isShell, readsCode } from "./interpreters.ts"
import { literal, type ShellWord, shellWord } from "./shellWords.ts"
import { isWrapper, takesVariables, wrapped } from "./wrappers.ts"

/** Variables that make other programs run what they say. */
const decisive =
  /^(?:PATH|IFS|ENV|BASH_ENV|BASHOPTS|SHELLOPTS|SHELL|PROMPT_COMMAND|PS\d|LD_.*|DYLD_.*|GIT_.*|.*(?:PAGER|EDITOR|VISUAL|BROWSER|ASKPASS|_COMMAND|_WRAPPER|OPTIONS|OPTS)|LESSOPEN|LESSCLOSE|PYTHON(?:PATH|STARTUP|HOME)|PERL5(?:LIB|OPT)|RUBY(?:LIB|OPT)|NODE_PATH)$/

/** Text that bash evaluates once more as arithmetic: `let 'a[$(command)]'`. */
const subscript = /\[[^\]]*(?:\$\(|`)/

/** Built-ins that change what a later word means, and commands that run what is not looked into here. */
const unpredictable = new Set(
  "alias bind complete enable flock hash mapfile parallel readarray script su watch".split(" ")
)

/** Built-ins that set the variables that they are given the names of. */
const declaring = new Set("declare export getopts local printf read readonly typeset wait".split(" "))

/** Is one of the names, or the name that another one stands for (`declare -n r=PATH`), decisive? */
const namesDecisive = ({ text }: ShellWord): boolean =>
  text.replaceAll(/["']/g, "").split("=").some((name) => decisive.test(name))

/** `~name`, `~+` and `~-` are what the shell makes of them. */
const isElsewhere = (path: string): boolean => /^~[^/]/.test(path)

const notFiles = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"])

/** The option of `xargs` that names what it replaces. */
const replacing = /^-(?:[0oprtx]*I|-replace=?)/

const baseName = (command: string): string => command.slice(command.lastIndexOf("/") + 1)

/**
 * Every simple command as one subject for `bash`, wherever it stands: in lists, pipes, conditions, loops, functions,
 * substitutions, here documents, given to `sudo`, `xargs`, `bash -c` and the like; and every file that output is
 * redirected to, as it is written, as one for `edit`. When it can't be told what will run, the whole line is a subject
 * besides, and opaque.
 */
export const judge = (command: string): ReadonlyArray<Judged> => {
  const parts = new Map<string, Judged>()
  let isOpaque = false

  const add = (part: Judged) => {
    parts.set(JSON.stringify(part), part)
  }

  const code = (source: string | undefined) => {
    if (source === undefined) isOpaque = true
    else visit(parse(source))
  }

  const redirect = ({ operator, target }: Redirect) => {
    if (operator === "<" || operator === "<&" || target === undefined) return
    const path = literal(target)
    if (path === undefined || isElsewhere(path)) {
      add({ permission: "edit", subject: target.text, opaque: true })
      // For this session `$file` may be allowed, but it may be another file the next time.
      isOpaque = true
    } else if (!notFiles.has(path) && !(operator === ">&" && /^(?:\d+-?|-)$/.test(path))) {
      add({ permission: "edit", subject: path })
    }
  }

  /** What a command runs in its turn. */
  const inner = (name: string, words: ReadonlyArray<ShellWord>) => {
    const literals = words.map((word) => word.literal)
    if (name === "eval") {
      return code(literals.includes(undefined) ? undefined : literals.join(" "))
    }
    if (name === "trap") {
      const [action] = literals.filter((word) => word !== "--")
      return words.length < 2 || action === "-" || action === "" ? undefined : code(action)
    }
    if (unpredictable.has(name) && words.length > 0) {
      isOpaque = true
    }
    if (declaring.has(name) && words.some(namesDecisive)) {
      isOpaque = true
    }
    if ((name === "." || name === "source") && (literals[0] === undefined || isDevice(literals[0]))) {
      isOpaque = true
    }
    if (name === "find" || name === "fd") {
      return words.forEach(({ literal: option }, at) => {
        if (!/^-(?:exec|execdir|ok|okdir|x|X|-exec|-exec-batch)$/.test(option ?? "")) return
        const end = literals.findIndex((word, index) => index > at && (word === ";" || word === "+"))
        replaced(words.slice(at + 1, end === -1 ? undefined : end), "{}")
      })
    }
    if (isShell(name)) {
      const at = codeAt(literals)
      if (at !== undefined) return code(literals[at])
    }
    if (isInterpreter(name) && readsCode(name, literals)) {
      isOpaque = true
    }
    if (!isWrapper(name) || (name === "command" && /^-[pvV]*[vV]/.test(literals[0] ?? ""))) return
    const at = wrapped(name, literals)
    if (at === undefined) {
      isOpaque = true
      return
    }
    if (takesVariables(name) && literals.slice(0, at).some((word) => decisive.test(word?.split("=")[0] ?? ""))) {
      isOpaque = true
    }
    const option = name === "xargs" ? literals.slice(0, at).findIndex((word) => replacing.test(word ?? "")) : -1
    if (option === -1) return run(words.slice(at))
    const token = literals[option]!.replace(replacing, "") || literals[option + 1]
    replaced(words.slice(at), token ?? "{}")
  }

  /** A command in which a token is replaced by what nobody knows yet. */
  const replaced = (words: ReadonlyArray<ShellWord>, token: string) => {
    const isIn = (word: ShellWord | undefined) => word?.literal?.includes(token) === true
    if (isIn(words[0]) || (isInterpreter(baseName(words[0]?.literal ?? "")) && words.some(isIn))) isOpaque = true
    run(words)
  }

  const run = (words: ReadonlyArray<ShellWord>) => {
    const [name, ...args] = words
    if (name === undefined) return
    add({ permission: "bash", subject: words.map(({ text }) => text).join(" ") })
    if (name.literal === undefined) {
      isOpaque = true
      return
    }
    const base = baseName(name.literal)
    // `git $what` may be any of git's commands.
    const known = [base, ...args.map(({ literal }) => literal)].slice(0, identifying(base))
    if (known.includes(undefined)) isOpaque = true
    if (base === "git" && args[0]?.literal?.startsWith("-") === true) {
      const at = wrapped("git", args.map(({ literal }) => literal))
      if (at === undefined) isOpaque = true
      else add({ permission: "bash", subject: ["git", ...args.slice(at).map(({ text }) => text)].join(" ") })
    }
    inner(base, args)
  }

  const visit = (node: SyntaxNode): void => {
    switch (node.type) {
      case "Script":
        if ((node as ReturnType<typeof parse>).errors !== undefined) isOpaque = true
        break
      case "Command":
        if (node.name !== undefined) run([node.name, ...node.args].map(shellWord))
        // What a shell is given as its input is code.
        if (isShell(baseName(node.name?.value ?? ""))) {
          for (const input of node.redirects) {
            if (input.type === "HereDoc") code(input.body.text)
            else if (input.type === "HereString") code(input.target === undefined ? undefined : literal(input.target))
          }
        }
        break
      case "For":
      case "Select":
        if (decisive.test(node.name.value)) isOpaque = true
        break
      case "Redirect":
        redirect(node)
        break
      case "Assignment":
        if (decisive.test(node.name)) isOpaque = true
        break
      case "Word":
        if (subscript.test(literal(node) ?? "")) isOpaque = true
        break
      case "CommandExpansion":
      case "ProcessSubstitution":
      case "ArithmeticCommandExpansion":
        if (node.script === undefined) isOpaque = true
        break
      case "ParameterExpansion":
        // `${x@P}` runs the substitutions in the variable's value.
        if (node.operation?.type === "Transform" && literal(node.operation.operand) === "P") isOpaque = true
        break
    }
    forEachChild(node, visit)
  }

  visit(parse(command))
  // After a `cd` nobody can tell which file `> out` is.
  if ([...parts.values()].some(({ subject }) => /^(?:cd|pushd|popd)(?: |$)/.test(subject))) {
    for (const [key, part] of parts) {
      if (part.permission === "edit" && !/^[/~]/.test(part.subject)) parts.set(key, { ...part, opaque: true })
    }
  }
  if (isOpaque) add({ permission: "bash", subject: command.trim(), opaque: true })
  if (parts.size === 0) add({ permission: "bash", subject: command.trim() })
  return [...parts.values()]
}
