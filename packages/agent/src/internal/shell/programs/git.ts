/** Recognizes `git` commands that run no other program. */
import { type CallAnalysis, type CallAnalyzer, certain, joinWords, uncertain } from "../callAnalysis.ts"
import { type Options, options, readOptions } from "../options.ts"
import { literalWord, type ShellWord } from "../words.ts"

/** Commands without an option that names a program, or a file to write outside the working tree. */
const withAnyOption = new Set(
  ("add branch check-attr check-ignore checkout clean commit count-objects describe for-each-ref fsck gc ls-files ls-tree merge-base mv \
name-rev notes prune repack reset restore rev-parse rm show-ref status switch tag var verify-commit verify-tag version worktree")
    .split(" ")
)

/** Excludes `--ext-diff`, `--textconv` and `--output`. */
const log = options(
  "-abcEFgimpPqrRstuwWz -# -B?: -C?: -D -G: -L: -M?: -S: -U: -X?: -l: -n: --oneline --graph --decorate?: --all --branches?: --tags?: \
--remotes?: --glob: --stat?: --shortstat --numstat --dirstat?: --summary --name-only --name-status --patch --no-patch --raw --format?: \
--pretty?: --abbrev?: --abbrev-commit --no-abbrev-commit --merges --no-merges --first-parent --follow --reverse --date: --since: --after: \
--until: --before: --author: --committer: --grep: --max-count: --skip: --unified: --cached --staged --merge-base --diff-filter: \
--find-renames?: --find-copies?: --no-renames --exit-code --quiet --check --color?: --no-color --color-words?: --word-diff?: \
--word-diff-regex: --ignore-all-space --ignore-space-change --ignore-space-at-eol --ignore-blank-lines --no-ext-diff --no-textconv \
--no-prefix --relative?: --no-relative --full-index --binary --minimal --patience --histogram --diff-algorithm: --left-right --left-only \
--right-only --cherry-pick --cherry-mark --cherry --topo-order --date-order --author-date-order --boundary --not --submodule?: \
--compact-summary --text --function-context --inter-hunk-context: --ignore-submodules?: --cumulative --all-match --invert-grep \
--regexp-ignore-case --extended-regexp --fixed-strings --perl-regexp --no-walk?: --simplify-by-decoration --ancestry-path?: --count \
--objects --parents --children --timestamp --no-notes --notes?: --no-decorate --decorate-refs: --encoding: --mailmap --no-mailmap \
--ws-error-highlight: --pickaxe-all --pickaxe-regex --irreversible-delete"
)

const commands: ReadonlyMap<string, Options> = new Map([
  ..."cherry diff diff-files diff-index diff-tree log range-diff reflog rev-list show whatchanged"
    .split(" ").map((name) => [name, log] as const),
  [
    "apply",
    options(
      "-Rv3 -p: --check --stat --numstat --summary --index --cached --3way --reject --recount --whitespace: --reverse"
    )
  ],
  ["archive", options("-v -# --format: --prefix: --verbose")],
  [
    "blame",
    options(
      "-lswefnpctb -L: -M?: -C?: --porcelain --line-porcelain --incremental --root --show-stats --show-name --show-number --show-email \
--date: --since: --abbrev:"
    )
  ],
  ["cat-file", options("-epst --batch?: --batch-check?:")],
  ["cherry-pick", options("-nxe --continue --abort --skip --quit --no-commit --edit --no-edit --allow-empty --ff")],
  [
    "grep",
    options(
      "-niIlLcEFPwvhHoqrWpaz -# -e: -f: -A: -B: -C: --cached --untracked --no-index --and --or --not --heading --break --line-number \
--ignore-case --files-with-matches --files-without-match --name-only --count --max-depth: --threads: --word-regexp --invert-match \
--extended-regexp --fixed-strings --perl-regexp --basic-regexp --only-matching --quiet --color?: --no-color --show-function \
--function-context --context: --after-context: --before-context: --column --recurse-submodules --exclude-standard --text --no-textconv"
    )
  ],
  ["init", options("-q -b: --quiet --bare --initial-branch:")],
  [
    "merge",
    options(
      "-qnv -m: --no-ff --ff-only --ff --squash --no-squash --commit --no-commit --abort --continue --quit --no-edit --edit --stat \
--no-stat --quiet --verbose --allow-unrelated-histories --autostash --no-autostash --no-verify"
    )
  ],
  [
    "rebase",
    options(
      "-iqvr --onto: --continue --abort --skip --quit --autostash --no-autostash --autosquash --no-autosquash --root --keep-base \
--fork-point --no-fork-point --interactive --rebase-merges?: --quiet --verbose --stat --no-verify --update-refs"
    )
  ],
  ["revert", options("-ne -m: --no-commit --edit --no-edit --continue --abort --skip --quit --mainline:")],
  [
    "shortlog",
    options(
      "-snec --summary --numbered --email --all --no-merges --merges --since: --until: --after: --before: --author: --group: \
--first-parent --branches?: --tags?:"
    )
  ],
  ["stash list", log],
  ["stash show", log],
  [
    "stash",
    options(
      "-kuaqS -m: --message: --keep-index --no-keep-index --include-untracked --all --quiet --staged --index --patch"
    )
  ]
])

/** Commands whose operands may name a helper program: `ext::sh -c …`. */
const networking: ReadonlyMap<string, Options> = new Map([
  [
    "clone",
    options(
      "-qvn -b: -j: --quiet --verbose --progress --no-checkout --bare --mirror --branch: --depth: --single-branch --no-single-branch \
--no-tags --recurse-submodules?: --shallow-submodules --filter: --jobs: --shallow-since:"
    )
  ],
  [
    "fetch",
    options(
      "-apPtnqvfk -j: --all --append --prune --prune-tags --tags --no-tags --force --depth: --deepen: --unshallow --quiet --verbose \
--dry-run --recurse-submodules?: --no-recurse-submodules --multiple --jobs: --progress --shallow-since: --set-upstream"
    )
  ],
  ["ls-remote", options("-qht --heads --tags --refs --quiet --exit-code --symref --sort: --get-url --branches")],
  [
    "pull",
    options(
      "-qvpn --rebase?: --no-rebase --ff-only --no-ff --ff --all --tags --no-tags --prune --autostash --no-autostash --depth: --no-edit \
--no-commit --squash --quiet --verbose --progress --unshallow"
    )
  ],
  [
    "push",
    options(
      "-ufqvnd46 --set-upstream --force --force-with-lease?: --force-if-includes --tags --follow-tags --all --branches --delete --dry-run \
--no-verify --porcelain --prune --mirror --atomic --progress --quiet --verbose"
    )
  ],
  [
    "remote",
    options(
      "-vfnpad -t: -m: --verbose --tags --no-tags --mirror?: --all --push --add --delete --prune --auto --dry-run"
    )
  ],
  [
    "submodule",
    options(
      "-qfN -b: -j: --quiet --init --recursive --remote --cached --depth: --jobs: --force --checkout --rebase --merge --branch: --all"
    )
  ]
])

const submodules = new Set([undefined, "add", "deinit", "init", "status", "summary", "sync", "update"])

const bisections = new Set("bad bisect good log new old reset skip start terms".split(" "))

const reading = /^(?:--get|--get-all|--get-regexp|--list|-l)$/

const config: CallAnalyzer = (words) => {
  const own = readOptions(
    options(
      "-lz --get --get-all --get-regexp --list --show-origin --show-scope --name-only --global --local --system --type:"
    ),
    words
  )
  return {
    isCertain: own !== undefined && (own.operands.length <= 1 || own.given.some(({ name }) => reading.test(name)))
  }
}

const run = (name: string, words: ReadonlyArray<ShellWord>): CallAnalysis => {
  if (withAnyOption.has(name)) return certain
  const [first] = words
  if (name === "config") return config(words)
  if (name === "bisect") {
    return first?.literal === "run"
      ? { isCertain: true, commands: [{ words: words.slice(1) }] }
      : { isCertain: bisections.has(first?.literal ?? "") }
  }
  const own = commands.get(`${name} ${first?.literal}`) ?? commands.get(name)
  if (own !== undefined) return { isCertain: readOptions(own, words) !== undefined }
  const network = networking.get(name)
  if (network === undefined) return uncertain
  if (name === "submodule" && first?.literal === "foreach") {
    return { isCertain: false, code: [joinWords(words.slice(1).filter(({ mayBeOption }) => !mayBeOption))] }
  }
  const read = readOptions(network, words)
  return {
    isCertain: read !== undefined &&
      read.operands.every(({ literal }) => literal?.includes("::") === false) &&
      (name !== "submodule" || submodules.has(read.operands[0]?.literal))
  }
}

const ownRepository =
  "-pPhv --no-pager --paginate --no-replace-objects --no-optional-locks --literal-pathspecs --glob-pathspecs --version --help"

/** Options that select another repository or configuration, which may name programs. */
const otherConfiguration = "-C: -c: --git-dir: --work-tree: --namespace: --bare --config-env: --exec-path?:"

const harmlessGlobals = options(ownRepository)

const globals = options(`${ownRepository} ${otherConfiguration}`)

export const git: CallAnalyzer = (words) => {
  const [first, ...rest] = words
  if (first === undefined) return certain
  if (!first.mayBeOption) return first.literal === undefined ? uncertain : run(first.literal, rest)
  const own = readOptions(globals, words, true)
  if (own === undefined) return uncertain
  if (own.operands.length === 0) return { isCertain: readOptions(harmlessGlobals, words) !== undefined }
  const before = words.slice(0, -own.operands.length)
  return {
    // `git --help log` opens a manual page.
    isCertain: readOptions(harmlessGlobals, before) !== undefined && !own.given.some(({ name }) => name === "--help"),
    commands: [{ words: [literalWord("git"), ...own.operands] }]
  }
}
