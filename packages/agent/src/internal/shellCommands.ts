/** A command line as the commands that it runs. */
import { posix } from "node:path"
import { type Command, forEachChild, parse, type Redirection, type SyntaxNode, type Word } from "unbash"
import type { Judged } from "../ToolCall.ts"

/** Is it known what the word will be? */
const isLiteral = ({ parts }: Pick<Word, "parts">): boolean =>
  parts === undefined || parts.every((part) => {
    switch (part.type) {
      case "Literal":
      case "SingleQuoted":
      case "AnsiCQuoted":
        return true
      case "DoubleQuoted":
        return isLiteral(part)
      default:
        return false
    }
  })

/** As a rule would write it: without quotes where that changes nothing. */
const written = (word: Word): string => isLiteral(word) && /^\S+$/.test(word.value) ? word.value : word.text

/** Commands that run what follows them, and which of their options take a value. */
const wrappers: Readonly<Record<string, { readonly valued: ReadonlyArray<string>; readonly words?: number }>> = {
  sudo: { valued: ["-u", "-g", "-h", "-p", "-C", "-T", "-r", "-t", "-U", "-D", "-R"] },
  doas: { valued: ["-u", "-C"] },
  env: { valued: ["-u", "-C", "--unset", "--chdir"] },
  command: { valued: [] },
  builtin: { valued: [] },
  exec: { valued: ["-a"] },
  nohup: { valued: [] },
  setsid: { valued: [] },
  nice: { valued: ["-n"] },
  ionice: { valued: ["-c", "-n", "-p"] },
  stdbuf: { valued: ["-i", "-o", "-e"] },
  time: { valued: ["-f", "-o"] },
  timeout: { valued: ["-k", "-s"], words: 1 },
  watch: { valued: ["-n"] },
  xargs: { valued: ["-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a"] }
}

const shells = ["bash", "sh", "zsh", "dash", "ksh"]

const bash = (words: ReadonlyArray<Word>): Judged => ({ permission: "bash", subject: words.map(written).join(" ") })

const opaque = (subject: string, permission = "bash"): Judged => ({ permission, subject, opaque: true })

/** What a wrapper runs: the words behind its options. */
const wrapped = (name: string, args: ReadonlyArray<Word>): ReadonlyArray<Word> => {
  const { valued, words = 0 } = wrappers[name]!
  let index = 0
  for (; index < args.length; index++) {
    const { value } = args[index]!
    if (value === "--") {
      index++
      break
    }
    if (valued.includes(value)) index++
    else if (!value.startsWith("-") && !(name === "env" && /^\w+=/.test(value))) break
  }
  return args.slice(index + words)
}

/** The commands of `find … -exec command ;`. */
const executed = (args: ReadonlyArray<Word>): ReadonlyArray<ReadonlyArray<Word>> =>
  args.flatMap(({ value }, index) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(value)) return []
    const rest = args.slice(index + 1)
    const end = rest.findIndex(({ value }) => value === ";" || value === "+")
    return [end === -1 ? rest : rest.slice(0, end)]
  })

/** A command by its words, and what it runs in turn. */
const simple = (words: ReadonlyArray<Word>): ReadonlyArray<Judged> => {
  const [name, ...args] = words
  if (name === undefined) return []
  if (!isLiteral(name)) return [opaque(words.map(written).join(" "))]
  const base = name.value.split("/").at(-1)!
  const own = [bash(words)]
  // Another program may have the name: as it is written and by its name, both must be allowed.
  if (base !== name.value) own.push({ permission: "bash", subject: [base, ...args.map(written)].join(" ") })
  if (Object.hasOwn(wrappers, base)) {
    const splits = base === "env" && args.some(({ value }) => /^(-S|--split-string)/.test(value))
    return [...own, ...(splits ? [opaque(words.map(written).join(" "))] : simple(wrapped(base, args)))]
  }
  if (base === "find" || base === "fd") return [...own, ...executed(args).flatMap(simple)]
  if (base === "eval") return [...own, ...code(args)]
  if (shells.includes(base)) {
    const at = args.findIndex(({ value }) => /^-\w*c$/.test(value))
    return at === -1 ? own : [...own, ...code(args.slice(at + 1, at + 2))]
  }
  return own
}

/** Words that are a command line themselves. */
const code = (words: ReadonlyArray<Word>): ReadonlyArray<Judged> =>
  words.every(isLiteral)
    ? judge(words.map(({ value }) => value).join(" "))
    : [opaque(words.map(({ text }) => text).join(" "))]

const writing = [">", ">>", ">|", "&>", "&>>", "<>", ">&"]
const harmless = ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"]

const redirection = (redirect: Redirection): ReadonlyArray<Judged> => {
  if (redirect.type !== "Redirect" || redirect.target === undefined || !writing.includes(redirect.operator)) return []
  const { operator, target } = redirect
  if (operator === ">&" && /^(\d+-?|-)$/.test(target.value)) return []
  if (!isLiteral(target)) return [opaque(target.text, "edit")]
  return harmless.includes(target.value) ? [] : [{ permission: "edit", subject: posix.normalize(target.value) }]
}

const isWord = (node: Command["args"][number]): node is Word => node.type === "Word"

const own = (node: SyntaxNode): ReadonlyArray<Judged> => {
  switch (node.type) {
    case "Command": {
      if (node.name === undefined) return node.redirects.flatMap(redirection)
      // An argument of the form a=b is a word like others, for commands that don't declare.
      const args = node.args.map((arg) =>
        isWord(arg) ? arg : { type: "Word" as const, text: arg.text, value: arg.text, pos: arg.pos, end: arg.end }
      )
      return [...simple([node.name, ...args]), ...node.redirects.flatMap(redirection)]
    }
    case "Redirected":
      return node.redirects.flatMap(redirection)
    default:
      return []
  }
}

/**
 * Everything that a command line runs, wherever it stands (lists, pipelines, substitutions, loops, functions, behind `sudo` and the
 * like), each as `bash`, and every file that it redirects its output to as `edit`. What bash itself would not understand, or
 * what only turns out when it runs, is opaque.
 */
export const judge = (command: string): ReadonlyArray<Judged> => {
  const judged: Array<Judged> = []
  let broken = false
  const visit = (node: SyntaxNode): void => {
    if ("errors" in node && Array.isArray(node.errors) && node.errors.length > 0) broken = true
    judged.push(...own(node))
    forEachChild(node, visit)
  }
  visit(parse(command))
  if (broken || judged.length === 0) judged.push(opaque(command))
  const seen = new Set<string>()
  return judged.filter((part) => {
    const key = JSON.stringify(part)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
