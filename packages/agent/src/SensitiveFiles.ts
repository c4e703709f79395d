/**
 * Files that need a question of their own: those that may hold secrets, and those that other programs execute.
 *
 * @since 0.1.0
 */
import * as Paths from "@altimate-code/system/Paths"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"

/**
 * What belongs to the program around the tools.
 *
 * @since 0.1.0
 * @category models
 */
export interface Own {
  /** Absolute paths of its settings, credentials and sessions: nothing in them is read or changed without a question. */
  readonly directories: ReadonlyArray<string>
  /** Names of files and directories that configure it wherever they are, e.g. in a project: not changed without a question. */
  readonly names: ReadonlyArray<string>
}

/**
 * What the judgement of a path depends on besides the path.
 *
 * @since 0.1.0
 * @category models
 */
export interface Places {
  /** The home directory, with and without symbolic links resolved. */
  readonly homes: ReadonlyArray<string>
  readonly own: Own
}

/**
 * No home directory, and no program around.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nowhere: Places = { homes: [], own: { directories: [], names: [] } }

/**
 * The places on this machine, by `HOME` and the file system.
 *
 * @since 0.1.0
 * @category constructors
 */
export const places = Effect.fn("SensitiveFiles.places")(function*(own: Own) {
  const home = yield* Effect.option(Config.nonEmptyString("HOME"))
  const both = (path: string) =>
    Effect.map(Effect.orElseSucceed(Paths.realPath(path), () => path), (real) => [...new Set([path, real])])
  const directories = yield* Effect.forEach(own.directories, both)
  const found: Places = {
    homes: home._tag === "None" ? [] : yield* both(home.value),
    own: { directories: directories.flat(), names: own.names }
  }
  return found
})

/**
 * File systems may ignore case, as Unicode defines it (`ſ` is an `s`), and characters without width; macOS has `/etc` and `/tmp` below
 * `/private`.
 */
const normalize = (path: string): string => {
  // A search asks for each of its files, so nothing is replaced that is not there.
  const plain = isAscii.test(path) ? path : path.normalize("NFKC").replaceAll(/\p{Cf}/gu, "")
  const text = plain.toLowerCase()
  const slashed = text.includes("\\") ? text.replaceAll("\\", "/") : text
  const whole = slashed.endsWith("/") ? slashed.replace(/(?<=.)\/+$/, "") : slashed
  return whole.startsWith("/private/") ? whole.slice("/private".length) : whole
}

const isAscii = /^[ -~]*$/

const isWithin = (path: string, directory: string): boolean =>
  path.startsWith(directory) &&
  (path.length === directory.length || path[directory.length] === "/" || directory.endsWith("/"))

/** Where home directories usually are: other users' count too. */
const usualHome = /^\/(?:root|(?:home|users)\/[^/]+)\/(?=.)/

/** The path below a home directory. */
const belowHome = (path: string, homes: ReadonlyArray<string>): string | undefined => {
  const home = homes.find((home) => home !== "/" && path !== home && isWithin(path, home))
  if (home !== undefined) return path.slice(home.length + 1)
  const usual = usualHome.exec(path)
  return usual === null ? undefined : path.slice(usual[0].length)
}

/** Copies that editors and people leave beside a file. */
const ofCopy = /(?:~|\.(?:bak|backup|old|orig|save|swp|tmp))+$/

const secretNames: ReadonlyArray<RegExp> = [
  /^\.env(?![a-z])/,
  /\.env$/,
  /^\.envrc(?![a-z])/,
  /^[._]netrc$/,
  /^\.(?:npmrc|pypirc|git-credentials|gitconfig|dockercfg|dockerconfigjson|pgpass|my\.cnf|mylogin\.cnf|htpasswd)$/,
  /^\.(?:s3cfg|boto|vault-token|terraformrc|credentials\.json)$/,
  // Shells and database clients keep what was typed, passwords too.
  /^\.[a-z0-9_]+_history$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:_sk)?(?:[-_][^.]*)?$/,
  /^[^.]+[-_](?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
  /^ssh_host_[a-z0-9]+_key$/,
  /\.(?:pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|tfstate)$/,
  /^(?:application_default_)?credentials\.json$/,
  /^(?:client[-_]secret|service[-_]?account)(?:[-_]?key)?(?:[-_.].*)?\.json$/
]

const secretPaths: ReadonlyArray<RegExp> = [
  // A remote's URL may have a password in it; worktrees and submodules have such a file of their own.
  /(?:^|\/)\.git\/(?:.*\/)?config(?:\.worktree)?(?:\.lock)?$/,
  /\.git\/config$/,
  // Environment, memory and arguments of processes.
  /^\/proc\/(?:\d+|self|thread-self)(?:\/|$)/,
  /^\/(?:var\/)?run\/secrets(?:\/|$)/,
  /^\/etc\/(?:g?shadow-?$|ssl\/private\/)/,
  /(?:^|\/)\.(?:ssh|gnupg|password-store)(?:\/|$)/,
  /(?:^|\/)\.aws\/(?:config|credentials|sso|cli)(?:\/|$)/,
  /(?:^|\/)\.docker\/config\.json$/,
  /(?:^|\/)\.kube\/config$/,
  /(?:^|\/)gh\/hosts\.ya?ml$/,
  /(?:^|\/)\.[^/]+\/credentials(?:\.toml|\.tfrc\.json)?$/,
  /(?:^|\/)\.?(?:composer|codex)\/auth\.json$/,
  /(?:^|\/)\.m2\/settings(?:-security)?\.xml$/
]

/** All at once is faster than one after the other. */
const anyOf = (expressions: ReadonlyArray<RegExp>): RegExp =>
  new RegExp(expressions.map(({ source }) => `(?:${source})`).join("|"))

const secretName = anyOf(secretNames)
const secretPath = anyOf(secretPaths)

/** Below a home directory. */
const secretHomeDirectories = [
  ".aws",
  ".azure",
  ".docker",
  ".kube",
  ".config/gcloud",
  ".config/gh",
  ".config/git/credentials",
  ".config/hub",
  ".config/op",
  ".config/rclone",
  ".gradle/gradle.properties",
  ".local/share/keyrings",
  "library/keychains"
]

/**
 * Whether a file may hold secrets, by its path without symbolic links, and in any letter case. `.env.example` does not.
 *
 * @since 0.1.0
 * @category deciding
 */
export const mayHoldSecrets = (path: string, places: Places = nowhere): boolean => findSecrets(places)(path)

/**
 * `mayHoldSecrets` for many paths.
 *
 * @since 0.1.0
 * @category deciding
 */
export const findSecrets = (places: Places): (path: string) => boolean => {
  const homes = places.homes.map(normalize)
  const own = places.own.directories.map(normalize)
  return (path) => {
    const whole = normalize(path).replace(ofCopy, "")
    const name = whole.slice(whole.lastIndexOf("/") + 1)
    // Markdown there is the user's own instructions.
    const isOwn = !name.endsWith(".md") && own.some((directory) => isWithin(whole, directory))
    const home = belowHome(whole, homes)
    return isOwn || (home !== undefined && secretHomeDirectories.some((directory) => isWithin(home, directory))) ||
      secretPath.test(whole) || (name !== ".env.example" && secretName.test(name))
  }
}

/** Directories, wherever they are, from which editors, shells, Git, CI or the system run something. */
const executedDirectories = [
  ".git",
  ".githooks",
  ".hg",
  ".husky",
  ".vscode",
  ".idea",
  ".zed",
  ".fleet",
  ".claude",
  ".codex",
  ".continue",
  ".cursor",
  ".gemini",
  ".kiro",
  ".opencode",
  ".windsurf",
  ".devcontainer",
  ".yarn",
  ".cargo",
  ".mvn",
  ".bundle",
  ".direnv",
  ".ssh",
  ".github/workflows",
  ".github/actions",
  ".gitea/workflows",
  ".forgejo/workflows",
  ".gitlab/ci",
  ".azure-pipelines",
  ".azuredevops",
  ".builds",
  ".circleci",
  ".buildkite",
  ".tekton",
  ".woodpecker",
  ".semaphore",
  ".teamcity",
  ".zuul.d",
  ".bashrc.d",
  ".vim",
  ".config/autostart",
  ".config/direnv",
  ".config/environment.d",
  ".config/fish",
  ".config/git",
  ".config/mise",
  ".config/nushell",
  ".config/nvim",
  ".config/powershell",
  ".config/systemd",
  ".config/tmux",
  ".local/bin",
  "launchagents",
  "launchdaemons"
]

const executedNames: ReadonlyArray<RegExp> = [
  /^\.envrc(?![a-z])/,
  /^\.?mise(?:\..+)?\.toml$/,
  /^\.(?:npmrc|yarnrc(?:\.ya?ml)?|pnpmfile\.[cm]?js|pnp(?:\.loader)?\.[cm]?js)$/,
  /^\.(?:gitconfig|gitmodules|hgrc)$/,
  // Without it a directory is no bare repository, whose `config` Git would follow.
  /^head$/,
  /^\.(?:bash(?:rc|_profile|_login|_logout|_aliases)|profile|z(?:shrc|shenv|profile|login|logout)|[kct]+shrc|login|inputrc)$/,
  /^\.(?:logout|pam_environment|x(?:profile|initrc|session|sessionrc)|n?vimrc|exrc|emacs|gdbinit|lldbinit|tmux\.conf|screenrc)$/,
  /^\.(?:ghci|irbrc|pdbrc|pryrc|pythonrc(?:\.py)?|rprofile|psqlrc|sqliterc|lessfilter|ackrc|curlrc|wgetrc)$/,
  /^(?:site|user)customize\.py$/,
  /^\.gitlab-ci.*\.ya?ml$/,
  /^\.(?:travis|cirrus|appveyor|drone|woodpecker|build|gitpod|zuul|prow)\.(?:ya?ml|star|jsonnet)$/,
  /^(?:appveyor|bitbucket-pipelines|buildspec|cloudbuild|codefresh|screwdriver|wercker|zuul|azure-pipelines[^/]*)\.ya?ml$/,
  /^\.devcontainer\.json$/,
  /jenkinsfile/,
  /^\.pre-commit-(?:config|hooks)\.ya?ml$/,
  /^\.?lefthook(?:-local)?\.(?:ya?ml|toml|json)$/,
  /^\.(?:huskyrc|lintstagedrc)(?:\..+)?$/,
  /^\.mcp\.json$/
]

/** Below a home directory: programs that these configure run what they name, e.g. `credential_process`. */
const executedHomeDirectories = [".aws", ".docker", ".kube", "bin"]

const executedSystemDirectories = [
  "/etc",
  "/bin",
  "/sbin",
  "/usr/bin",
  "/usr/sbin",
  "/usr/local/bin",
  "/var/spool/cron"
]

/** What tells the directory from others: `.config/fish` is told by `fish`. */
const tellingNames = (directory: string): ReadonlyArray<string> =>
  directory.split("/").filter((name) => ![".config", ".local", "", "usr", "var", "local"].includes(name))

/**
 * Names by which a rule can mean a file that other programs execute (Git, editors, shells, CI, the program around the tools itself):
 * the file's own, or its special directory's. None: no other program executes it. The path is without symbolic links.
 *
 * @since 0.1.0
 * @category deciding
 */
export const executedAs = (path: string, places: Places = nowhere): ReadonlyArray<string> => {
  const whole = normalize(path)
  const name = whole.slice(whole.lastIndexOf("/") + 1)
  if (executedNames.some((executed) => executed.test(name))) return [name]
  const within = `/${whole}/`
  const names = places.own.names.map(normalize)
  const directory = [...executedDirectories, ...names].find((directory) => within.includes(`/${directory}/`))
  if (directory !== undefined) return tellingNames(directory)
  const bare = /([^/]+\.git)\/(?:hooks\/|config$)/.exec(whole)?.[1]
  if (bare !== undefined) return [bare]
  const home = belowHome(whole, places.homes.map(normalize))
  const below = executedHomeDirectories.find((directory) => home !== undefined && isWithin(home, directory)) ??
    executedSystemDirectories.find((directory) => isWithin(whole, directory)) ??
    places.own.directories.map(normalize).find((directory) => isWithin(whole, directory))
  return below === undefined ? [] : tellingNames(below).slice(-1)
}
