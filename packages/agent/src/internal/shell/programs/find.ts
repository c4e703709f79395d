/** Finds the commands that `find` and `fd` run on the files that they find. */
import { type CallAnalyzer, type Inner, uncertain } from "../callAnalysis.ts"
import { options, readOptions } from "../options.ts"
import type { ShellWord } from "../words.ts"

/** Options that do not write, delete or run anything. */
const harmlessTests = options(
  "-H -L -P -D: -O0 -O1 -O2 -O3 -E -x -X -s -name: -iname: -path: -ipath: -wholename: -iwholename: -regex: -iregex: -regextype: -type: \
-xtype: -size: -mtime: -mmin: -atime: -amin: -ctime: -cmin: -newer: -anewer: -cnewer: -newermt: -newerat: -newerct: -newermm: -used: \
-maxdepth: -mindepth: -depth -d -empty -print -print0 -printf: -ls -prune -quit -follow -mount -xdev -perm: -user: -group: -uid: -gid: \
-nouser -nogroup -links: -inum: -samefile: -readable -writable -executable -true -false -not -and -or -a -o -daystart -noleaf -warn \
-nowarn -ignore_readdir_race -noignore_readdir_race -lname: -ilname: -fstype: -context:",
  "words"
)

const runs = /^-(?:exec|execdir|ok|okdir)$/

/** Splits off each command that follows an option such as `-exec`, up to `;` or `+`. */
const splitCommands = (words: ReadonlyArray<ShellWord>, runs: RegExp, endsAtPlus: boolean) => {
  const rest: Array<ShellWord> = []
  const commands: Array<ReadonlyArray<ShellWord>> = []
  for (let at = 0; at < words.length; at += 1) {
    if (!runs.test(words[at]!.literal ?? "")) {
      rest.push(words[at]!)
      continue
    }
    const command: Array<ShellWord> = []
    for (at += 1; at < words.length && words[at]!.literal !== ";"; at += 1) {
      if (endsAtPlus && words[at]!.literal === "+" && words[at - 1]!.literal === "{}") break
      command.push(words[at]!)
    }
    commands.push(command)
  }
  return { rest, commands }
}

const find: CallAnalyzer = (words) => {
  const { commands, rest } = splitCommands(words, runs, true)
  // `find` treats a starting point with a leading `-` as a test, so no path that it finds can be an option of the command.
  const inner = commands.map((words): Inner => ({ words, token: "{}", tokenIsPath: true }))
  const isCertain =
    readOptions(harmlessTests, rest.filter(({ literal }) => literal !== "(" && literal !== "!")) !== undefined
  // `-execdir` and `-okdir` run it in the directory of the file.
  return {
    isCertain,
    commands: inner,
    changesDirectory: words.some(({ literal }) => /^-(?:exec|ok)dir$/.test(literal ?? ""))
  }
}

const fdOptions = options(
  "-HIusigFalLp0q1 -e: -t: -d: -E: -S: -j: --hidden --no-ignore --unrestricted --case-sensitive --ignore-case --glob --fixed-strings \
--absolute-path --list-details --follow --full-path --print0 --quiet --extension: --type: --max-depth: --min-depth: --exact-depth: \
--exclude: --size: --changed-within: --changed-before: --color: --threads: --max-results: --and: --prune"
)

const fd: CallAnalyzer = (words) => {
  const { commands, rest } = splitCommands(words, /^(?:-[xX]|--exec|--exec-batch)$/, false)
  const inner = commands.map((words): Inner => {
    const has = words.some(({ literal }) => /\{\S*\}/.test(literal ?? ""))
    return has ? { words, token: "{" } : { words, appends: true }
  })
  return readOptions(fdOptions, rest) === undefined
    ? { ...uncertain, commands: inner }
    : { isCertain: true, commands: inner }
}

export const finders: ReadonlyMap<string, CallAnalyzer> = new Map([
  ["find", find],
  ["gfind", find],
  ["fd", fd],
  ["fdfind", fd]
])
