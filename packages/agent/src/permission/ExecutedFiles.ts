/**
 * Detects files that other programs execute.
 *
 * @since 0.1.0
 */
import { belowHome, isWithin, normalizePath } from "../internal/files/comparablePath.ts"
import { none, type Places } from "./SensitivePlaces.ts"

/** Directories, at any depth, from which editors, shells, Git, CI or the system run code. */
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
  // A directory with a `HEAD` file can be a bare repository, and Git applies its `config`.
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

/** Relative to a home directory. Their files can name commands that programs run, such as `credential_process`. */
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

/** The names that identify the directory: `fish` for `.config/fish`. */
const identifyingNames = (directory: string): ReadonlyArray<string> =>
  directory.split("/").filter((name) => ![".config", ".local", "", "usr", "var", "local"].includes(name))

/**
 * Returns the names by which a permission rule can allow changing a file that other programs (Git, editors, shells, CI, this program)
 * execute: the file's own name, or the names of its special directory. Empty if no program executes it. `path` must not contain symbolic
 * links.
 *
 * @since 0.1.0
 * @category deciding
 */
export const namesOf = (path: string, places: Places = none): ReadonlyArray<string> => {
  const whole = normalizePath(path)
  const name = whole.slice(whole.lastIndexOf("/") + 1)
  if (executedNames.some((executed) => executed.test(name))) return [name]
  const within = `/${whole}/`
  const names = places.programFiles.names.map(normalizePath)
  const directory = [...executedDirectories, ...names].find((directory) => within.includes(`/${directory}/`))
  if (directory !== undefined) return identifyingNames(directory)
  const bare = /([^/]+\.git)\/(?:hooks\/|config$)/.exec(whole)?.[1]
  if (bare !== undefined) return [bare]
  const home = belowHome(whole, places.homes.map(normalizePath))
  const below = executedHomeDirectories.find((directory) => home !== undefined && isWithin(home, directory)) ??
    executedSystemDirectories.find((directory) => isWithin(whole, directory)) ??
    places.programFiles.directories.map(normalizePath).find((directory) => isWithin(whole, directory))
  return below === undefined ? [] : identifyingNames(below).slice(-1)
}
