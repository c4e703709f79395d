/**
 * Detects files that may contain secrets.
 *
 * @since 0.1.0
 */
import { belowHome, isWithin, normalizePath } from "../internal/files/comparablePath.ts"
import { none, type Places } from "./SensitivePlaces.ts"

/** Suffixes of backup copies. */
const copySuffix = /(?:~|\.(?:bak|backup|old|orig|save|swp|tmp))+$/

const secretNames: ReadonlyArray<RegExp> = [
  /^\.env(?![a-z])/,
  /\.env$/,
  /^\.envrc(?![a-z])/,
  /^[._]netrc$/,
  /^\.(?:npmrc|pypirc|git-credentials|gitconfig|dockercfg|dockerconfigjson|pgpass|my\.cnf|mylogin\.cnf|htpasswd)$/,
  /^\.(?:s3cfg|boto|vault-token|terraformrc|credentials\.json)$/,
  // Shells and database clients save what users type, including passwords.
  /^\.[a-z0-9_]+_history$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:_sk)?(?:[-_][^.]*)?$/,
  /^[^.]+[-_](?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
  /^ssh_host_[a-z0-9]+_key$/,
  /\.(?:pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|tfstate)$/,
  /^(?:application_default_)?credentials\.json$/,
  /^(?:client[-_]secret|service[-_]?account)(?:[-_]?key)?(?:[-_.].*)?\.json$/
]

const secretPaths: ReadonlyArray<RegExp> = [
  // A remote's URL may contain a password. Worktrees and submodules have separate files.
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

/** Combines expressions into one, which is faster. */
const combine = (expressions: ReadonlyArray<RegExp>): RegExp =>
  new RegExp(expressions.map(({ source }) => `(?:${source})`).join("|"))

const secretName = combine(secretNames)
const secretPath = combine(secretPaths)

/** Relative to a home directory. */
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
 * Whether a file may contain secrets, judging by its path, which must not contain symbolic links. Case does not matter.
 *
 * @since 0.1.0
 * @category deciding
 */
export const mayContainSecrets = (path: string, places: Places = none): boolean => makeTest(places)(path)

/**
 * Returns a faster `mayContainSecrets` for many paths: it prepares the places only once.
 *
 * @since 0.1.0
 * @category deciding
 */
export const makeTest = (places: Places): (path: string) => boolean => {
  const homes = places.homes.map(normalizePath)
  const own = places.programFiles.directories.map(normalizePath)
  return (path) => {
    const whole = normalizePath(path).replace(copySuffix, "")
    const name = whole.slice(whole.lastIndexOf("/") + 1)
    // The program's Markdown files are the user's instructions.
    const isOwn = !name.endsWith(".md") && own.some((directory) => isWithin(whole, directory))
    const home = belowHome(whole, homes)
    return isOwn || (home !== undefined && secretHomeDirectories.some((directory) => isWithin(home, directory))) ||
      secretPath.test(whole) || (name !== ".env.example" && secretName.test(name))
  }
}
