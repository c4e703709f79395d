/** Which commands are the same one for a person who says "always". */

/** How many words say what a command does, where one is not enough. */
const identifyingWords: ReadonlyMap<string, number> = new Map([
  ..."apt apt-get brew bun bundle cargo composer conda deno docker dotnet gcloud gem gh git go gradle gradlew helm just kubectl \
make mvn mvnw nix npm npx pip pip3 pnpm podman poetry rails rake rustup systemctl task terraform uv yarn bunx \
bash sh dash zsh ksh node nodejs php perl python python3 ruby lua source ."
    .split(" ").map((command) => [command, 2] as const),
  ..."aws az".split(" ").map((command) => [command, 3] as const)
])

const identifyingSubcommands: ReadonlyMap<string, number> = new Map(
  "bun exec,bun run,bun x,bundle exec,cargo run,composer run,deno task,docker compose,docker container,docker image,gh issue,gh pr,\
gh repo,gh run,git config,git remote,git stash,git submodule,git worktree,npm exec,npm run,npm run-script,pnpm dlx,pnpm exec,pnpm run,\
poetry run,python -m,python3 -m,uv pip,uv run,yarn dlx,yarn run"
    .split(",")
    .map((words) => [words, 3] as const)
)

/** What these do is in all of their words: they run other commands or code, or there is no way back. */
const wholly = new Set(
  "awk at builtin busybox chmod chown chroot command crontab dd doas env eval exec find flock gawk ionice kill killall mkfs nice nohup \
parallel pkill rm rmdir script sed setsid shred ssh stdbuf su sudo time timeout trap truncate unlink watch xargs"
    .split(" ")
)

/** How many words, at most, say what this command does. */
export const identifying = (name: string): number => identifyingWords.get(name) ?? 1

/** The first words of the command that identify it; `undefined` when only all of them do. */
export const commandPrefix = (subject: string): string | undefined => {
  const words = subject.split(" ")
  const name = words[0]!.slice(words[0]!.lastIndexOf("/") + 1)
  if (wholly.has(name) || name.includes("=")) return undefined
  const subcommand = identifyingSubcommands.get(`${name} ${words[1] ?? ""}`)
  const prefix = words.slice(0, subcommand ?? identifying(name))
  const isComplete = prefix.length === (subcommand ?? identifying(name))
  const isPlain = prefix.every((word, at) =>
    /^[\w@%+=:,./^-]+$/.test(word) && (!word.startsWith("-") || (subcommand !== undefined && at === 1))
  )
  return isComplete && isPlain ? prefix.join(" ") : undefined
}
