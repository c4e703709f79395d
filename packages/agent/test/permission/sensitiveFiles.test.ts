import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as ExecutedFiles from "../../src/permission/ExecutedFiles.ts"
import * as SecretFiles from "../../src/permission/SecretFiles.ts"
import * as SensitivePlaces from "../../src/permission/SensitivePlaces.ts"

const places: SensitivePlaces.Places = {
  homes: ["/srv/people/ann"],
  programFiles: { directories: ["/srv/people/ann/.config/program"], names: ["program.json", ".program"] }
}

const secret = [
  ".env",
  "a/.ENV",
  ".env.local",
  ".env.sample",
  ".env.template",
  ".env-prod",
  ".env~",
  ".env.example.local",
  "prod.env",
  ".envrc",
  ".envrc.local",
  ".npmrc",
  "sub/.NpmRc",
  ".netrc",
  "_netrc",
  ".pypirc",
  ".git-credentials",
  ".gitconfig",
  ".git/config",
  ".git/config.worktree",
  ".git/config.bak",
  "/srv/people/ann/.ssh/config~",
  // What file systems without letter case take for the same name.
  ".ſsh/x",
  ".ｅnv",
  ".e\u200cnv",
  "deploy_rsa",
  "github-ed25519",
  ".git/modules/x/y/config",
  ".git/worktrees/x/config.worktree",
  "/srv/mirror.git/config",
  "id_rsa",
  "ID_RSA",
  "id_ed25519",
  "id_ed25519_sk",
  "id_ecdsa_sk",
  "id_dsa",
  "id_rsa_work",
  "id_ed25519-github",
  "id_rsa.bak",
  "tls/server.pem",
  "server.KEY",
  "server.key.old",
  "a.p12",
  "a.pfx",
  "a.jks",
  "a.keystore",
  ".dockercfg",
  ".pgpass",
  ".my.cnf",
  ".htpasswd",
  "credentials.json",
  "service-account.json",
  "serviceAccountKey.json",
  "client_secret_12.apps.example.json",
  "terraform.tfstate.backup",
  "/etc/shadow",
  "/run/secrets/db",
  "/var/run/secrets/kubernetes.io/serviceaccount/token",
  "/proc/1/environ",
  "/proc/self/environ",
  "/proc/thread-self/environ",
  "/proc/12/task/13/environ",
  "/proc/12/root/anything",
  "/proc/12/mem",
  "/proc/12/cmdline",
  "/srv/people/ann/.aws/credentials",
  "/srv/people/ann/.aws/anything/at/all",
  "/srv/people/ann/.ssh/known_hosts",
  "/srv/people/ann/.gnupg/x",
  "/srv/people/ann/.kube/cache/x",
  "/srv/people/ann/.docker/contexts/x",
  "/srv/people/ann/.config/gh/hosts.yml",
  "/srv/people/ann/.bash_history",
  "/srv/people/ann/.config/program/settings.json",
  "/SRV/people/Ann/.Config/Program/settings.json",
  // Homes of others, and where HOME is not set.
  "/home/bob/.aws/config",
  "/root/.docker/x",
  "/Users/bob/.kube/x"
]

const harmless = [
  ".env.example",
  ".ENV.Example",
  "environment.ts",
  ".environment",
  "env",
  "src/env.ts",
  "key.ts",
  "public.key.md",
  "id_rsa.pub",
  "id_rsa.ts",
  "id_rsa_parser.go",
  "deploy_rsa.pub",
  "rsa",
  "crypto_rsa.go",
  "keystore.ts",
  "pem.go",
  "netrc.ts",
  "config",
  "src/config",
  "git/config",
  ".github/config",
  ".gitignore",
  ".docker/nginx.conf",
  ".aws/task-definition.json",
  ".kube/deployment.yaml",
  "credentials.ts",
  "src/credentials",
  "serviceAccountSchema.json",
  "/proc/cpuinfo",
  "/proc/meminfo",
  "/srv/people/ann/notes.md",
  "/srv/people/ann/.config/program/AGENTS.md",
  "/srv/people/ann/.config/programmer/x",
  "/home/bob/x"
]

const executed = {
  ".git": [".git"],
  ".git/hooks/pre-commit": [".git"],
  ".GIT/hooks/pre-commit": [".git"],
  "sub/.git/config": [".git"],
  "mirror.git/hooks/update": ["mirror.git"],
  ".g\u200cit/hooks/pre-commit": [".git"],
  ".hg/hgrc": [".hg"],
  "sub/HEAD": ["head"],
  ".husky/pre-commit": [".husky"],
  ".githooks/pre-push": [".githooks"],
  ".envrc": [".envrc"],
  "sub/.npmrc": [".npmrc"],
  ".yarnrc.yml": [".yarnrc.yml"],
  ".pnpmfile.cjs": [".pnpmfile.cjs"],
  ".vscode/tasks.json": [".vscode"],
  ".vscode/settings.json": [".vscode"],
  ".idea/runConfigurations/x.xml": [".idea"],
  ".devcontainer/devcontainer.json": [".devcontainer"],
  ".devcontainer.json": [".devcontainer.json"],
  ".gitpod.yml": [".gitpod.yml"],
  ".cargo/config.toml": [".cargo"],
  ".pnp.cjs": [".pnp.cjs"],
  ".logout": [".logout"],
  "/home/bob/.bashrc.d/x.sh": [".bashrc.d"],
  "/home/bob/.config/nvim/init.lua": ["nvim"],
  ".codex/config.toml": [".codex"],
  ".tekton/push.yaml": [".tekton"],
  "ci/release.Jenkinsfile": ["release.jenkinsfile"],
  ".drone.star": [".drone.star"],
  ".bashrc": [".bashrc"],
  "dotfiles/.zshenv": [".zshenv"],
  "/home/bob/.profile": [".profile"],
  "/home/bob/.config/fish/config.fish": ["fish"],
  "/home/bob/.config/systemd/user/x.service": ["systemd"],
  "/home/bob/.config/autostart/x.desktop": ["autostart"],
  "/home/bob/.local/bin/git": ["bin"],
  "/home/bob/.aws/config": [".aws"],
  "/Users/bob/Library/LaunchAgents/x.plist": ["launchagents"],
  "/var/spool/cron/bob": ["cron"],
  "/etc/cron.d/x": ["etc"],
  ".github/workflows/ci.yml": [".github", "workflows"],
  ".github/actions/x/action.yml": [".github", "actions"],
  ".gitlab-ci.yml": [".gitlab-ci.yml"],
  ".circleci/config.yml": [".circleci"],
  "Jenkinsfile": ["jenkinsfile"],
  "azure-pipelines.yml": ["azure-pipelines.yml"],
  ".travis.yml": [".travis.yml"],
  "bitbucket-pipelines.yml": ["bitbucket-pipelines.yml"],
  ".buildkite/x.yml": [".buildkite"],
  ".drone.yml": [".drone.yml"],
  ".woodpecker/x.yml": [".woodpecker"],
  ".gitmodules": [".gitmodules"],
  ".gitconfig": [".gitconfig"],
  ".pre-commit-config.yaml": [".pre-commit-config.yaml"],
  "lefthook.yml": ["lefthook.yml"],
  ".mcp.json": [".mcp.json"],
  ".claude/settings.json": [".claude"],
  "/srv/people/ann/.ssh/authorized_keys": [".ssh"],
  "program.json": ["program.json"],
  "sub/.program/x": [".program"],
  "/srv/people/ann/.config/program/settings.json": ["program"]
}

const notExecuted = [
  "src/main.ts",
  "package.json",
  "Makefile",
  ".gitignore",
  ".gitattributes",
  ".github/CODEOWNERS",
  ".github/ISSUE_TEMPLATE/bug.yml",
  "workflows/ci.yml",
  "profile",
  "src/profile.ts",
  "vscode/tasks.json",
  "husky/x",
  ".env",
  "hooks/pre-commit",
  "src/head.ts",
  "build.yml",
  "codex/x",
  "/home/bob/src/main.ts",
  "/srv/www/index.html"
]

describe("a file that may contain secrets", () => {
  for (const path of secret) it(`is ${path}`, () => assert.isTrue(SecretFiles.mayContainSecrets(path, places)))
  for (const path of harmless) it(`is not ${path}`, () => assert.isFalse(SecretFiles.mayContainSecrets(path, places)))

  it.scoped("is recognized in the home directory even if HOME is a link, ends with a slash or is not set", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const home = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
      yield* fs.symlink(home, `${home}/link`)
      const own = { directories: [`${home}/link/own`], names: [] }
      yield* fs.makeDirectory(`${home}/own`)
      const at = (HOME: ReadonlyArray<readonly [string, string]>) =>
        Effect.withConfigProvider(SensitivePlaces.find(own), ConfigProvider.fromMap(new Map(HOME)))
      for (const HOME of [home, `${home}/`, `${home}/link`]) {
        assert.isTrue(SecretFiles.mayContainSecrets(`${home}/.aws/x`, yield* at([["HOME", HOME]])), HOME)
      }
      const without = yield* at([])
      assert.isTrue(SecretFiles.mayContainSecrets("/home/bob/.aws/x", without))
      assert.isTrue(SecretFiles.mayContainSecrets(`${home}/own/auth.json`, without))
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("a file that other programs execute", () => {
  for (const [path, names] of Object.entries(executed)) {
    it(`is ${path}`, () => assert.deepStrictEqual(ExecutedFiles.namesOf(path, places), names))
  }
  for (const path of notExecuted) {
    it(`is not ${path}`, () => assert.deepStrictEqual(ExecutedFiles.namesOf(path, places), []))
  }
})
