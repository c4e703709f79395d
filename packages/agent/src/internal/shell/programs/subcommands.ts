/** Counts the words that name a command, including subcommands: two for `git push`, three for `docker compose rm`. */

const counts: ReadonlyMap<string, number> = new Map([
  ..."apt apt-get brew bun bundle cargo composer conda deno docker dotnet gcloud gem gh git go gradle gradlew helm just kubectl make mvn \
mvnw nerdctl nix npm pip pip3 pnpm podman poetry rails rake rustup svn systemctl task terraform uv yarn bash sh dash zsh ksh node nodejs \
php perl python python3 ruby lua source ."
    .split(/\s+/).map((command) => [command, 2] as const),
  ..."aws az".split(" ").map((command) => [command, 3] as const)
])

const longer = new Set(
  "docker builder,docker compose,docker container,docker context,docker image,docker network,docker volume,podman container,podman image,\
podman volume,gh cache,gh issue,gh label,gh pr,gh repo,gh release,gh run"
    .split(",")
)

/** Returns the maximum number of words that name this command. */
export const countNamingWords = (name: string, first?: string): number =>
  longer.has(`${name} ${first}`) ? 3 : counts.get(name) ?? 1
