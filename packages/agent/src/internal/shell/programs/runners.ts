/** Analyzes commands that run others in special ways: with a placeholder, as shell code, or through a user's shell. */
import { type CallAnalyzer, certain, joinWords, uncertain } from "../callAnalysis.ts"
import { options, readOptions } from "../options.ts"
import { findWrapperAnalyzer } from "./wrappers.ts"

const command: CallAnalyzer = (words) =>
  /^-p?[vV]+$/.test(words[0]?.literal ?? "") ? certain : findWrapperAnalyzer("command", undefined)!(words)

const xargsOptions = options(
  "-0oprtx -a: -d: -E: -I: -i?: -L: -n: -P: -s: --arg-file: --delimiter: --max-args: --max-procs: --max-lines?: --max-chars: --replace?: \
--null --no-run-if-empty --verbose --interactive --open-tty --exit"
)

const xargs: CallAnalyzer = (words) => {
  const own = readOptions(xargsOptions, words, true)
  if (own === undefined) return uncertain
  if (own.operands.length === 0) return certain
  const replacing = own.given.findLast(({ name }) => /^-(?:I|i|-replace)$/.test(name))
  const token = replacing === undefined ? undefined : replacing.value || "{}"
  return {
    isCertain: true,
    commands: [token === undefined ? { words: own.operands, appends: true } : { words: own.operands, token }]
  }
}

const watchOptions = options(
  "-bcCdegptwx -n: -q: --beep --color --no-color --differences?: --errexit --chgexit --equexit: --exec --interval: --no-title --precise \
--no-wrap"
)

const watch: CallAnalyzer = (words) => {
  const own = readOptions(watchOptions, words, true)
  if (own === undefined || own.operands.length === 0) return uncertain
  return own.given.some(({ name }) => name === "-x" || name === "--exec")
    ? { isCertain: true, commands: [{ words: own.operands }] }
    : { isCertain: true, code: [joinWords(own.operands)] }
}

/** Analyzes a program that runs the code after `-c` with the user's shell, which is unknown. */
const userShell = (list: string): CallAnalyzer => {
  const accepted = options(`${list} -c: --command:`)
  return (words) => {
    const own = readOptions(accepted, words)
    const code = own?.given.filter(({ name }) => name === "-c" || name === "--command").map(({ value }) => value)
    return { isCertain: false, code: code ?? [] }
  }
}

const su = userShell("-lmpfP --login --preserve-environment -s: -g: --shell: --group:")

const runuserOptions = options("-u: -g: -G: --user: --group: --supp-group:")

const runuser: CallAnalyzer = (words) => {
  const own = readOptions(runuserOptions, words, true)
  const hasUser = own?.given.some(({ name }) => name === "-u" || name === "--user") === true
  return hasUser && own!.operands.length > 0 ? { isCertain: true, commands: [{ words: own!.operands }] } : su(words)
}

const sg: CallAnalyzer = ([, ...words]) => ({
  isCertain: false,
  code: [joinWords(words.filter(({ literal }) => literal !== "-c"))]
})

const flockOptions = options(
  "-sxenuoFv -w: -E: --shared --exclusive --nonblock --nb --unlock --close --no-fork --verbose --wait: --timeout: --conflict-exit-code:"
)

const flock: CallAnalyzer = (words) => {
  const own = readOptions(flockOptions, words, true)
  const [file, first, ...rest] = own?.operands ?? []
  if (file?.isSingle !== true) return uncertain
  if (first === undefined) return certain
  return first.literal === "-c" || first.literal === "--command"
    ? { isCertain: false, code: [joinWords(rest)] }
    : { isCertain: !first.mayBeOption, commands: [{ words: [first, ...rest] }] }
}

const hyperfineOptions = options(
  "-iN -w: -r: -m: -M: -n: -p: -s: -c: --ignore-failure --show-output --warmup: --runs: --min-runs: --max-runs: --command-name: \
--prepare: --setup: --cleanup: --conclude:"
)

const hyperfine: CallAnalyzer = (words) => {
  const own = readOptions(hyperfineOptions, words)
  if (own === undefined) return uncertain
  const around = own.given.filter(({ name }) => /^-(?:[psc]|-prepare|-setup|-cleanup|-conclude)$/.test(name))
  return { isCertain: true, code: [...around.map(({ value }) => value), ...own.operands.map(({ literal }) => literal)] }
}

const entrOptions = options("-acdnprsz")

const entr: CallAnalyzer = (words) => {
  const own = readOptions(entrOptions, words, true)
  if (own === undefined) return uncertain
  return own.given.some(({ name }) => name === "-s")
    ? { isCertain: false, code: [joinWords(own.operands)] }
    : { isCertain: true, commands: [{ words: own.operands, token: "/_" }] }
}

const parallel: CallAnalyzer = (words) => {
  const end = words.findIndex(({ literal }) => /^:{3,4}\+?$/.test(literal ?? ""))
  const command = words.slice(words.findIndex(({ mayBeOption }) => !mayBeOption), end === -1 ? undefined : end)
  return { isCertain: false, code: [joinWords(command)] }
}

const sshOptions = options("-46AaCfGgKkNnqsTtvXxYy -p: -l: -i: -b: -c: -m:")

const ssh: CallAnalyzer = (words) => {
  const own = readOptions(sshOptions, words, true)
  // Options may also follow the host.
  const rest = own === undefined ? undefined : readOptions(sshOptions, own.operands.slice(1), true)
  return rest === undefined ? uncertain : { isCertain: true, remote: joinWords(rest.operands) }
}

export const runners: ReadonlyMap<string, CallAnalyzer> = new Map(Object.entries({
  command,
  entr,
  flock,
  hyperfine,
  parallel,
  runuser,
  script: userShell("-aefq -E: -I: -O: -B: -T: -t?:"),
  sem: parallel,
  sg,
  ssh,
  su,
  watch,
  xargs
}))
