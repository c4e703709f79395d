/**
 * Suggests what to use instead of other tools' commands and options. Where only the name differs, the command tree has an alias.
 */

/** Hints by command or option. */
type Table = Readonly<Record<string, string>>

/** Assigns one hint to several spellings. */
const forAll = (names: string, hint: string): Table => Object.fromEntries(names.split(", ").map((name) => [name, hint]))

const npm = "npm manages the installation: npm install --global altimate-code, npm uninstall --global altimate-code."
const noServer = "There is no server: altimate-code run \"…\" does one task, and altimate-code opens the screen."
const noAgents = "There are no agents: describe the role in AGENTS.md, or with run --system."
const fork = "Use altimate-code session fork ID, then --session with the ID of the copy."
const json = "Use --format json: one JSON event per line."
const credential = "altimate-code providers list shows which credential is used, and why."

/** Finds the hint for the first key that is in the table. */
export const findHint = (table: Table, ...keys: ReadonlyArray<string>): string | undefined =>
  keys.flatMap((key) => Object.hasOwn(table, key) ? [table[key]!] : [])[0]

/** Options by name. A command before the name limits the entry to that command. */
export const options: Table = {
  ...forAll("--output-format, --json", json),
  ...forAll("-o, --output", "--format json prints JSON; to store the answer, redirect stdout: > answer.md"),
  "--input-format": "The prompt is plain text: an argument of run, or its stdin.",
  ...forAll(
    "--include-partial-messages, --replay-user-messages",
    "Leave it out: --format json reports text as it arrives."
  ),
  "--json-schema": "Answers have no schema: ask for JSON in the prompt.",
  ...forAll(
    "--allowedTools, --allowed-tools",
    "Allow tools under permission in altimate-code.json, or in ALTIMATE_CLI_PERMISSION for one run."
  ),
  ...forAll(
    "--disallowedTools, --disallowed-tools",
    "Deny tools under permission in altimate-code.json, or in ALTIMATE_CLI_PERMISSION for one run."
  ),
  "--tools": "Deny tools under permission in altimate-code.json; run --no-tools uses none.",
  "--permission-prompt-tool":
    "Set permission in altimate-code.json; --yolo runs every tool without asking, except what a rule denies.",
  ...forAll(
    "--auto, --full-auto, --yes, -y, --allow-dangerously-skip-permissions, --dangerously-bypass-approvals-and-sandbox",
    "Use --yolo: it runs every tool without asking, except what a rule denies."
  ),
  ...forAll(
    "--append-system-prompt, --append-system-prompt-file",
    "Write it in AGENTS.md, or in a file named under instructions in altimate-code.json."
  ),
  "--system-prompt-file": "Use --system \"$(cat FILE)\".",
  "--add-dir": "Allow the directory under permission.external_directory in altimate-code.json.",
  ...forAll(
    "--mcp-config, --strict-mcp-config",
    "Describe MCP servers under mcp in altimate-code.json, or in ALTIMATE_CLI_CONFIG_CONTENT for one run."
  ),
  ...forAll("--settings, --config", "Set ALTIMATE_CLI_CONFIG to the path of the file."),
  ...forAll(
    "--setting-sources, --bare, --safe-mode, --pure",
    "altimate-code config path lists the files that are read."
  ),
  ...forAll("--verbose, --debug, -d, --debug-file", "Use --log-level DEBUG --print-logs."),
  ...forAll("--fork, --fork-session", fork),
  "--session-id": "The program assigns the ID: run --format json reports it, and --title gives the session a name.",
  "--no-session-persistence": "Sessions are always stored: altimate-code session delete ID deletes one.",
  "--prompt": "Use altimate-code run \"…\" for one task, or type the prompt on the screen.",
  ...forAll("--agent, --agents", noAgents),
  ...forAll("--thinking, --reasoning-effort, --reasoning", "Use --effort low, medium, high, xhigh, max or off."),
  "--betas": "Set anthropic_beta in the options of the configuration.",
  "--small-model": "All requests use one model: --model ID.",
  ...forAll(
    "--share, --attach, --port, --hostname, --mdns, --mdns-domain, --cors, --password, --username, --server, --standalone",
    noServer
  ),
  "-p": "Leave it out: run always prints its answer and exits.",
  "--command": "Use altimate-code run --command NAME, or type /NAME on the screen.",
  "--disable-slash-commands": "Custom commands run only if you name one: /NAME on the screen, or run --command NAME.",
  ...forAll("--trace, --no-trace", "There are no traces: altimate-code session show ID shows the transcript."),
  ...forAll("--audience, --query", "Write it in the prompt."),
  "--refresh": "Nothing needed: the list of models is built in.",
  ...forAll(
    "--ide, --chrome, --remote, --teleport, --from-pr, --plugin-dir, --worktree, -w",
    "This program runs in the terminal, in the working directory or the one named by --dir PATH."
  ),
  ...forAll("--cwd, -C", "Use --dir PATH."),
  ...forAll(
    "--method, auth login -m, providers login -m",
    "There is only one method, a bearer token. AWS credentials need no login."
  ),
  "models --verbose": "altimate-code models resolve ID shows what is sent for a model.",
  ...forAll("-n, --max-count, --limit", "Use head: altimate-code session list | head -5"),
  ...forAll(
    "--region, --profile",
    "Set it under provider.\"amazon-bedrock\".options in altimate-code.json, or AWS_REGION and AWS_PROFILE."
  ),
  "--endpoint-url":
    "Set baseURL under provider.\"amazon-bedrock\".options in altimate-code.json, or AWS_ENDPOINT_URL_BEDROCK_RUNTIME.",
  ...forAll("--api-key, --token", "Pipe the token into altimate-code auth login, or set AWS_BEARER_TOKEN_BEDROCK."),
  ...forAll("--no-color, --color", "Set NO_COLOR=1."),
  ...forAll("--quiet, -q, --silent", "Only the answer goes to stdout: 2>/dev/null hides the rest.")
}

/** Commands by name, after their parent commands. */
export const commands: Table = {
  ...forAll("serve, web, attach, acp, server, remote-control, workspace, link, account, share", noServer),
  ...forAll("agent, agents", noAgents),
  ...forAll(
    "skill, skills",
    "Put each skill in a folder of .altimate-code/skills: the model loads it when a task needs it."
  ),
  ...forAll(
    "plugin, plugins, plug",
    "There are no plugins: altimate-code mcp list shows the MCP servers, which add tools."
  ),
  ...forAll("github, gitlab, pr, review", "Use run in a script: git diff | altimate-code run \"Review this change\"."),
  ...forAll("check, learn", "Use altimate-code run \"…\", and describe the project in AGENTS.md."),
  ...forAll("stats, cost", "altimate-code usage shows tokens and cost of all sessions."),
  ...forAll("trace, trajectory", "altimate-code session show ID shows the transcript."),
  export: "Use altimate-code session export ID.",
  import: "Sessions of other programs cannot be imported.",
  ...forAll("upgrade, update, uninstall, install", npm),
  ...forAll("debug, status", "altimate-code doctor checks the setup; altimate-code config show lists the settings."),
  db: "Sessions are files: altimate-code session list lists them.",
  ...forAll("completion, completions", "Use altimate-code --completions bash (or zsh, fish)."),
  version: "Use altimate-code --version.",
  ...forAll("login, setup-token", "Use altimate-code auth login."),
  logout: "Use altimate-code auth logout.",
  ...forAll(
    "configure, init",
    "altimate-code guides you through the setup on first start; altimate-code config path lists its files."
  ),
  ...forAll("chat, ask, exec, print, prompt", "Use altimate-code run \"…\"."),
  ...forAll("resume, continue", "Use altimate-code --continue, or --session ID."),
  ...forAll("sessions, history", "Use altimate-code session list."),
  permissions: "Set permission in altimate-code.json.",
  ...forAll("auth status, auth whoami, auth token, providers status", credential),
  ...forAll("config get, config list, config ls", "Use altimate-code config show."),
  ...forAll("config set, config edit, config add", "Edit the file: altimate-code config path shows where it is."),
  ...forAll("auth add, auth set, providers add", "Use altimate-code auth login."),
  ...forAll(
    "mcp add, mcp add-json, mcp install, mcp remove, mcp rm, mcp get",
    "Describe MCP servers under mcp in altimate-code.json."
  ),
  ...forAll("mcp auth, mcp login, mcp logout", "Set the server's headers under mcp in altimate-code.json.")
}
