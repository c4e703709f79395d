/**
 * Analyzes programs that can run other programs or load code. Each has a list of options that do not; any other option makes a call opaque.
 * Sources: the programs' manual pages.
 */
import { type CallAnalyzer, certain, uncertain } from "../callAnalysis.ts"
import { type Options, options, readOptions } from "../options.ts"
import { literalWord, type ShellWord } from "../words.ts"
import { finders } from "./find.ts"
import { git } from "./git.ts"
import { runners } from "./runners.ts"
import { awk, sed } from "./scripts.ts"

/** Each operand must match `operands`, and the first one must be among `subcommands`. */
const acceptOptions = (
  accepted: Options,
  { operands, subcommands }: { readonly operands?: RegExp; readonly subcommands?: ReadonlySet<string> } = {}
): CallAnalyzer =>
(words) => {
  if (subcommands !== undefined && words.length === 1 && words[0]!.literal === "-v") return certain
  const own = readOptions(accepted, words)
  if (own === undefined) return uncertain
  if (subcommands !== undefined && words.length > 0 && !subcommands.has(own.operands[0]?.literal ?? "")) {
    return uncertain
  }
  return { isCertain: operands === undefined || own.operands.every(({ literal }) => operands.test(literal ?? "")) }
}

const set = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/))

const tarOptions = options(
  "-ctxruzjJvapkhmOS -f: -C: -b: --create --list --extract --get --append --update --gzip --bzip2 --xz --zstd --verbose --file: \
--directory: --exclude: --exclude-vcs --strip-components: --keep-old-files --preserve-permissions --same-permissions --no-same-owner \
--no-same-permissions --to-stdout --wildcards --auto-compress --sort: --mtime: --owner: --group: --numeric-owner --dereference \
--one-file-system"
)

/** Expands `tar cf x.tar y`, where the letters take their values from the following words in order. */
const expandTarLetters = (words: ReadonlyArray<ShellWord>): ReadonlyArray<ShellWord> => {
  const [first, ...rest] = words
  if (first === undefined || !/^[A-Za-z]+$/.test(first.literal ?? "")) return words
  const result: Array<ShellWord> = []
  for (const letter of first.literal!) {
    result.push(literalWord(`-${letter}`))
    if (tarOptions.values.has(`-${letter}`)) result.push(...rest.splice(0, 1))
  }
  return [...result, ...rest]
}

/** An archive name with a colon is on another machine, and tar runs a program to access it. */
const tar: CallAnalyzer = (words) => {
  const own = readOptions(tarOptions, expandTarLetters(words))
  const archives = own?.given.filter(({ name }) => name === "-f" || name === "--file") ?? []
  return { isCertain: own !== undefined && archives.every(({ value }) => value?.includes(":") === false) }
}

/** Words after `--` are compiler options for `cargo clippy`, and arguments of the project's program for the other commands. */
const cargoOptions = options(
  "-rqvw -F: -p: -j: --release --all --workspace --lib --bins --tests --benches --examples --all-targets --all-features \
--no-default-features --features: --package: --exclude: --bin: --test: --example: --bench: --quiet --verbose --locked --offline --frozen \
--no-run --no-fail-fast --no-deps --open --doc --profile: --jobs: --message-format: --color: --keep-going --check --depth: --edges: \
--invert: --format-version:"
)
const cargoCommands = set("b bench build c check clean d doc fmt metadata r run t test tree update clippy")
/** `-C linker=x` names a program. */
const lints = options("-D: -W: -A: -F:")
const cargo: CallAnalyzer = (words) => {
  const [first, ...rest] = /^\+[\w.-]+$/.test(words[0]?.literal ?? "") ? words.slice(1) : words
  if (first === undefined) return certain
  if (!cargoCommands.has(first.literal ?? "")) return uncertain
  const end = rest.findIndex(({ literal }) => literal === "--")
  const isOwn = end === -1 || /^(?:b|bench|r|run|t|test)$/.test(first.literal!) ||
    (first.literal === "clippy" && readOptions(lints, rest.slice(end + 1)) !== undefined)
  return {
    isCertain: isOwn &&
      readOptions(cargoOptions, end === -1 ? rest : rest.slice(0, end), /^r(?:un)?$/.test(first.literal!)) !== undefined
  }
}

const goOptions = options(
  "-v -x -n -a -race -msan -asan -cover -short -json -benchmem -failfast -mod: -run: -skip: -count: -timeout: -bench: -benchtime: -p: \
-parallel: -cpu: -tags: -trimpath -list: -shuffle: -m -u -f: -deps -test -e -find -versions -fullpath",
  "words"
)
const goCommands = set("build clean doc fmt get install list mod run test version vet")
const go: CallAnalyzer = ([first, ...rest]) => ({
  isCertain: first === undefined ||
    goCommands.has(first.literal ?? "") && readOptions(goOptions, rest, first.literal === "run") !== undefined
})

const npmOptions = options(
  "-sgDSEOBfylar -w: -F: --silent --if-present --workspace: --workspaces --include-workspace-root --workspace-root --no-audit --no-fund \
--loglevel: --save-dev --save-prod --save --save-exact --save-optional --no-save --omit: --include: --production --prod --dev --json \
--depth: --all --long --ignore-scripts --legacy-peer-deps --prefer-offline --offline --force --dry-run --package-lock-only --global --yes \
--no-progress --verbose --quiet --foreground-scripts --recursive --parallel --filter: --frozen-lockfile --no-frozen-lockfile \
--lockfile-only --stream --latest --immutable",
  "nopt"
)
/** Excludes `exec`, `config` and `pkg`, and all unknown words, because pnpm and yarn run a program with that name. */
const npmCommands = set(
  "test t tst run run-script start stop restart ci install i add uninstall remove rm un update up ls list ll la outdated view info show \
audit why explain version publish pack build lint format check typecheck dev"
)

const ghCommands =
  /^(?:pr (?:view|list|diff|checks|status|create|comment|edit|review|merge|close|ready)|issue (?:view|list|status|create|comment|edit|close)|run (?:view|list|watch)|repo (?:view|list)|release (?:view|list)|workflow (?:view|list)|search \w+|label list)$/
const gh: CallAnalyzer = (words) => {
  const [first, second] = words
  // Without options, which could show the token.
  const asks = words.length === 2 && first?.literal === "auth" && second?.literal === "status"
  return { isCertain: asks || ghCommands.test(`${first?.literal} ${second?.literal}`) }
}

const curlOptions = options(
  "-sSfLIivkGg46 -X: -d: -H: -A: -e: -m: -r: -u: -o: -w: --silent --show-error --fail --location --head --include --verbose --insecure --get \
--request: --data: --data-raw: --data-urlencode: --header: --user-agent: --referer: --max-time: --connect-timeout: --retry: \
--compressed --http1.1 --http2 --fail-with-body --json: --no-progress-meter --output: --write-out:"
)

const curl: CallAnalyzer = (words) => {
  const own = readOptions(curlOptions, words)
  if (own === undefined) return uncertain
  const values = (names: RegExp) => own.given.filter(({ name }) => names.test(name)).map(({ value }) => value)
  const files = values(/^-(?:o|-output)$/)
  // `%output{file}` writes a file.
  const formats = values(/^-(?:w|-write-out)$/)
  return {
    isCertain: !files.includes(undefined) && formats.every((format) => format?.includes("%output") === false),
    files: files.filter((file) => file !== undefined)
  }
}

/** Commands that load neither an engine nor a configuration from an argument. */
const openssl = acceptOptions(
  options(
    "-sha256 -sha512 -sha1 -md5 -hex -base64 -noout -text -dates -subject -issuer -fingerprint -enddate -startdate -serial -pubkey \
-showcerts -in: -inform: -connect: -servername: -days:",
    "words"
  ),
  {
    subcommands: set("asn1parse base64 crl dgst md5 pkey rand req rsa s_client sha1 sha256 sha512 verify version x509")
  }
)

const compiler = options(
  "-c -g -ggdb -o: -O -O0 -O1 -O2 -O3 -Os -Og -E -S -M -MM -MD -MMD -pthread -shared -static -fPIC -fpic -pipe -v -w -Wall -Wextra \
-Werror -Wpedantic -pedantic -ansi -I: -D: -U: -L: -l: -std: -x:",
  "words"
)

/** Programs that run code from a file, from stdin or in their own language. No call is known to be harmless. */
const opaque =
  "at batch crontab csh dc ed elvish emacs emacsclient ex expect fzf ftp gdb gnuplot ld lftp lldb ld.so ldd m4 mail mailx make-kpkg mutt mysql \
mariadb nano newgrp nvim open pico prename psql rename run-parts screen sftp sk socat sqlite3 start-stop-daemon sudoedit telnet tig tmux tcsh vi \
view vim vimdiff xdg-open"

const list: ReadonlyArray<readonly [names: string, reader: CallAnalyzer]> = [
  [opaque, () => uncertain],
  ["ack ag", acceptOptions(options("-ilnwcvQHh -A: -B: -C: -g: -m: --nocolor --nogroup --hidden"))],
  [
    "apt apt-get",
    acceptOptions(options("-yqsf --yes --quiet --assume-yes --no-install-recommends --dry-run --simulate"))
  ],
  ["ar nm ranlib", acceptOptions(options("-CDguntv"))],
  ["awk gawk mawk nawk", awk],
  [
    "bat batcat",
    acceptOptions(
      options("-nAp -l: -r: -H: --plain --number --language: --line-range: --color: --style: --decorations:")
    )
  ],
  [
    "bun",
    acceptOptions(options("-t: --watch --coverage --bail?: --timeout: --silent --test-name-pattern:", "nopt"), {
      subcommands: set("test run install i add remove rm outdated")
    })
  ],
  ["cargo", cargo],
  ["cc gcc g++ c++ clang clang++", acceptOptions(compiler, { operands: /^[^@]/ })],
  ["dpkg", acceptOptions(options("-lLsS --list --listfiles --status --search --get-selections"))],
  ["cpio", acceptOptions(options("-itvdu --extract --list --verbose --quiet"))],
  ["curl", curl],
  ["diff3 sdiff", acceptOptions(options("-abBEidstw"))],
  ["gh", gh],
  ["go", go],
  ["gpg gpg2", acceptOptions(options("--verify --list-keys --version --list-packets --batch"))],
  [
    "hg jj svn",
    acceptOptions(options("-vq -r: -l: -m: --verbose --quiet --revision: --limit: --message:"), {
      subcommands: set("add annotate blame branches cat diff info log ls show st stat status summary")
    })
  ],
  [
    "install",
    acceptOptions(
      options("-bcCdDpvT -g: -m: -o: -t: --directory --group: --mode: --owner: --verbose --preserve-timestamps")
    )
  ],
  ["less more most pg", acceptOptions(options("-NSRFXinEs"), { operands: /^[^+]/ })],
  [
    "make gmake",
    acceptOptions(
      options(
        "-BkinqswrRS -j?: -l?: -O?: --jobs?: --keep-going --silent --quiet --dry-run --just-print --always-make --no-print-directory \
--print-directory --question --no-builtin-rules --no-builtin-variables --output-sync?:"
      ),
      { operands: /^(?:[^=]+|(?:V|VERBOSE)=\d?)$/ }
    )
  ],
  ["man", acceptOptions(options("-kfwa"))],
  ["nc ncat netcat", acceptOptions(options("-zvnu46N -w: -p: -s:"))],
  ["npm pnpm yarn", acceptOptions(npmOptions, { subcommands: npmCommands })],
  ["openssl", openssl],
  [
    "pip pip3",
    acceptOptions(
      options(
        "-IUqv -c: -e: -r: --upgrade --quiet --verbose --requirement: --constraint: --editable: --user --outdated --format: --no-deps \
--no-cache-dir --disable-pip-version-check --dry-run --no-input --yes -y"
      ),
      { subcommands: set("install uninstall list show freeze check download") }
    )
  ],
  [
    "rg",
    acceptOptions(options(
      "-abcFHhiIlLNnopPqSsUuvwx0. -A: -B: -C: -d: -E: -e: -f: -g: -j: -m: -M: -r: -t: -T: --hidden --no-ignore --no-ignore-vcs --files \
--files-with-matches --files-without-match --count --count-matches --json --line-number --no-line-number --heading --no-heading \
--ignore-case --smart-case --case-sensitive --word-regexp --line-regexp --fixed-strings --multiline --multiline-dotall --only-matching \
--invert-match --pcre2 --sort: --sortr: --type: --type-not: --type-list --glob: --iglob: --max-count: --max-depth: --max-columns: \
--context: --after-context: --before-context: --replace: --color: --colors: --no-messages --null --vimgrep --with-filename \
--no-filename --stats --trim --follow --encoding: --regexp: --passthru --quiet --text --no-config --column --crlf --unrestricted \
--one-file-system"
    ))
  ],
  [
    "rsync",
    acceptOptions(
      options(
        "-avzrlptgoDhnPuxHcAXSWiRLKk --archive --verbose --compress --recursive --delete --dry-run --exclude: --include: --progress --stats \
--partial --human-readable --links --perms --times --owner --group --checksum --update --itemize-changes --relative --one-file-system"
      ),
      { operands: /^(?!.*::)./ }
    )
  ],
  ["scp", acceptOptions(options("-rpqCBv46T -P: -i: -l: -c:"))],
  ["sed gsed", sed],
  [
    "sort gsort",
    acceptOptions(options(
      "-bdfgiMhnRrVcCmsuz -k: -t: -S: --ignore-leading-blanks --dictionary-order --ignore-case --general-numeric-sort \
--human-numeric-sort --numeric-sort --version-sort --random-sort --reverse --check?: --merge --stable --unique --zero-terminated --key: \
--field-separator: --buffer-size: --parallel:"
    ))
  ],
  [
    "split gsplit",
    acceptOptions(
      options(
        "-dexuz -# -a: -b: -C: -l: -n: --bytes: --lines: --number: --suffix-length: --numeric-suffixes?: --verbose"
      )
    )
  ],
  ["tar gtar bsdtar", tar],
  [
    "wget",
    acceptOptions(
      options("-qSvc46 -t: -T: -U: --quiet --spider --tries: --timeout: --no-verbose --server-response --continue")
    )
  ],
  [
    "yq",
    acceptOptions(options(
      "-rneijcCMPsSyY -o: -p: -I: --raw-output --null-input --exit-status --inplace --output-format: --input-format: --indent: --arg: \
--prettyPrint --no-colors --colors --unwrapScalar?: --tojson --yaml-output"
    ))
  ],
  ["zip", acceptOptions(options("-rqj0123456789yXuv"))]
]

const programs: ReadonlyMap<string, CallAnalyzer> = new Map([
  ...list.flatMap(([names, reader]) => names.split(/\s+/).map((name) => [name, reader] as const)),
  ...finders,
  ...runners,
  ["git", git]
])

/** Whether the call only prints the version or the help. */
const isVersionOrHelp = (words: ReadonlyArray<ShellWord>): boolean =>
  words.length === 1 && /^(?:--version|--help)$/.test(words[0]!.literal ?? "")

/** Finds the analyzer for a program that can run others; `undefined` for other programs. */
export const findProgramAnalyzer = (name: string): CallAnalyzer | undefined => {
  const reader = programs.get(name)
  return reader === undefined
    ? undefined
    : (words) => isVersionOrHelp(words) ? certain : reader(words)
}
