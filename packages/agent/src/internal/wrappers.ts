/** Commands that run the command that is given to them. */

interface Wrapper {
  /** Letters of the options that take a value. */
  readonly values: string
  /** Letters of those that do not. */
  readonly flags: string
  readonly longValues: ReadonlyArray<string>
  readonly longFlags: ReadonlyArray<string>
  /** How many words stand before the command. */
  readonly operands: number
}

const wrapper = (wrapper: Partial<Wrapper>): Wrapper => ({
  values: "",
  flags: "",
  longValues: [],
  longFlags: [],
  operands: 0,
  ...wrapper
})

/** Not one that runs what is given to it, but its own commands may stand behind options too; `-c` may make it run anything. */
const git = wrapper({
  values: "C",
  flags: "pPhv",
  longValues: ["--git-dir", "--work-tree", "--namespace"],
  longFlags: [
    "--no-pager",
    "--paginate",
    "--no-replace-objects",
    "--bare",
    "--literal-pathspecs",
    "--version",
    "--help"
  ]
})

const wrappers: ReadonlyMap<string, Wrapper> = new Map(Object.entries({
  builtin: wrapper({}),
  busybox: wrapper({}),
  command: wrapper({ flags: "p" }),
  doas: wrapper({ values: "uC", flags: "n" }),
  env: wrapper({
    values: "uC",
    flags: "i0v",
    longValues: ["--unset", "--chdir"],
    longFlags: ["--ignore-environment", "--null", "--debug"]
  }),
  exec: wrapper({ values: "a", flags: "cl" }),
  ionice: wrapper({ values: "cn", flags: "t", longValues: ["--class", "--classdata"], longFlags: ["--ignore"] }),
  nice: wrapper({ values: "n", flags: "0123456789", longValues: ["--adjustment"] }),
  nohup: wrapper({}),
  setsid: wrapper({ flags: "cfw", longFlags: ["--ctty", "--fork", "--wait"] }),
  stdbuf: wrapper({ values: "ioe", longValues: ["--input", "--output", "--error"] }),
  sudo: wrapper({
    values: "CDghpRrTtUu",
    flags: "ABbEHiKknPSs",
    longValues: ["--user", "--group", "--chdir", "--host", "--prompt"],
    longFlags: ["--background", "--preserve-env", "--set-home", "--login", "--non-interactive", "--shell", "--stdin"]
  }),
  time: wrapper({ values: "fo", flags: "apqv" }),
  timeout: wrapper({
    values: "ks",
    flags: "fpv",
    longValues: ["--kill-after", "--signal"],
    longFlags: ["--foreground", "--preserve-status", "--verbose"],
    operands: 1
  }),
  xargs: wrapper({
    values: "adEILnPs",
    flags: "0oprtx",
    longValues: ["--arg-file", "--delimiter", "--max-args", "--max-procs", "--max-lines", "--max-chars", "--replace"],
    longFlags: ["--null", "--no-run-if-empty", "--verbose", "--interactive", "--open-tty", "--exit"]
  })
}))

const assignment = /^[A-Za-z_]\w*=/

/** Whether variables may be set before the command. */
export const takesVariables = (name: string): boolean => name === "env" || name === "sudo" || name === "doas"

export const isWrapper = (name: string): boolean => wrappers.has(name)

/**
 * Where the command begins that a wrapper runs with these words, given after its own name; a word that is not literal is
 * `undefined`. `undefined` when an option is not known, so that nobody can tell.
 */
export const wrapped = (name: string, words: ReadonlyArray<string | undefined>): number | undefined => {
  const { flags, longFlags, longValues, operands, values } = name === "git" ? git : wrappers.get(name)!
  let at = 0
  for (; at < words.length; at += 1) {
    const word = words[at]
    if (word === "--") {
      at += 1
      break
    }
    if (takesVariables(name) && word !== undefined && assignment.test(word)) continue
    if (word === undefined || !word.startsWith("-") || word === "-") break
    if (word.startsWith("--")) {
      const [option = "", value] = word.split("=", 2)
      if (longValues.includes(option)) at += value === undefined ? 1 : 0
      else if (!longFlags.includes(option)) return undefined
      continue
    }
    const letters = word.slice(1).split("")
    const valued = letters.findIndex((letter) => values.includes(letter))
    const plain = valued === -1 ? letters : letters.slice(0, valued)
    if (!plain.every((letter) => flags.includes(letter))) return undefined
    if (valued === letters.length - 1) at += 1
  }
  // `env -i A=b command`: assignments may follow the end of the options.
  if (name === "env") { while (/^[A-Za-z_]\w*=/.test(words[at] ?? "")) at += 1 }
  return at + operands
}
