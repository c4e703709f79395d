/**
 * Commands and options of other tools that this program does not have, with what to use instead. Other names for what it does have are
 * aliases in the command tree.
 */

/** The hint of the error, by what was typed. */
type Table = Readonly<Record<string, string>>

/** One hint for several spellings. */
const same = (names: string, hint: string): Table => Object.fromEntries(names.split(", ").map((name) => [name, hint]))

const npm = "npm manages the installation: npm install --global altimate-code, npm uninstall --global altimate-code."
const noServer = "There is no server: altimate-code run \"…\" does one task, and altimate-code opens the screen."
const noAgents = "There are no agents: describe the role in AGENTS.md, or with run --system."
const noFork = "A session cannot be forked: --session ID resumes it, and altimate-code session export ID writes a copy."
const json = "Use --format json: one event of this program per line."
const credential = "altimate-code providers list shows which credential is used, and why."

/** The hint for the first key that is in the table. */
export const instead = (table: Table, ...keys: ReadonlyArray<string>): string | undefined =>
  keys.flatMap((key) => Object.hasOwn(table, key) ? [table[key]!] : [])[0]

/** Options by name. A command in front of the name limits the entry to that command. */
export const options: Table = {
  ...same("--output-format, --json", json),
  ...same("-o, --output", "--format json prints JSON; to store the answer, redirect stdout: > answer.md"),
  "--input-format": "The prompt is plain text: an argument of run, or its stdin.",
  ...same(
    "--include-partial-messages, --replay-user-messages",
    "Leave it out: --format json reports text as it arrives."
  ),
  "--json-schema": "Answers have no schema: ask for JSON in the prompt.",
  ...same(
    "--allowedTools, --allowed-tools",
    "Allow tools under permission in altimate-code.json, or in ALTIMATE_CLI_PERMISSION for one run."
  ),
  ...same(
    "--disallowedTools, --disallowed-tools",
    "Deny tools under permission in altimate-code.json, or in ALTIMATE_CLI_PERMISSION for one run."
  ),
  "--tools": "Deny tools under permission in altimate-code.json; run --no-tools uses none.",
  ...same(
    "--permission-mode, --permission-prompt-tool",
    "Set permission in altimate-code.json; --yolo runs all tool calls that no rule denies."
  ),
  ...same(
    "--auto, --full-auto, --yes, -y, --allow-dangerously-skip-permissions, --dangerously-bypass-approvals-and-sandbox",
    "Use --yolo: it runs all tool calls that no rule denies."
  ),
  ...same(
    "--append-system-prompt, --append-system-prompt-file",
    "Write it in AGENTS.md, or in a file named under instructions in altimate-code.json."
  ),
  "--system-prompt-file": "Use --system \"$(cat FILE)\".",
  "--add-dir": "Allow the directory under permission.external_directory in altimate-code.json.",
  ...same(
    "--mcp-config, --strict-mcp-config",
    "Describe MCP servers under mcp in altimate-code.json, or in ALTIMATE_CLI_CONFIG_CONTENT for one run."
  ),
  ...same("--settings, --config", "Set ALTIMATE_CLI_CONFIG to the path of the file."),
  ...same("--setting-sources, --bare, --safe-mode, --pure", "altimate-code config path lists the files that are read."),
  ...same("--verbose, --debug, -d, --debug-file", "Use --log-level DEBUG --print-logs."),
  ...same("--fork, --fork-session", noFork),
  "--session-id": "The program assigns the ID: run --format json reports it, and --title gives the session a name.",
  "--no-session-persistence": "Sessions are always stored: altimate-code session delete ID deletes one.",
  "--prompt": "Use altimate-code run \"…\" for one task, or type the prompt on the screen.",
  ...same("--agent, --agents", noAgents),
  ...same("--variant, --effort, --thinking, --betas", "The reasoning effort of a model cannot be set."),
  "--fallback-model": "No other model is tried: a failed request is retried with the same model.",
  "--max-budget-usd": "There is no limit in dollars: run --max-steps N limits the requests.",
  "--small-model": "All requests use one model: --model ID.",
  ...same(
    "--share, --attach, --port, --hostname, --mdns, --mdns-domain, --cors, --password, --username, --server, --standalone",
    noServer
  ),
  "-p": "Leave it out: run always prints its answer and exits.",
  ...same("--command, --disable-slash-commands", "There are no custom commands: write the text in the prompt."),
  ...same("--trace, --no-trace", "There are no traces: altimate-code session show ID shows the transcript."),
  ...same("--audience, --query", "Write it in the prompt."),
  "--refresh": "Nothing needed: the list of models is built in.",
  ...same(
    "--ide, --chrome, --remote, --teleport, --from-pr, --plugin-dir, --worktree, -w",
    "It runs in the terminal, in the working directory; --dir PATH names another one."
  ),
  ...same("--cwd, -C", "Use --dir PATH."),
  ...same(
    "--method, auth login -m, providers login -m",
    "There is only one method, a bearer token. AWS credentials need no login."
  ),
  "models --verbose": "altimate-code models resolve ID shows what is sent for a model.",
  ...same("-n, --max-count, --limit", "Use head: altimate-code session list | head -5"),
  ...same(
    "--region, --profile",
    "Set it under provider.\"amazon-bedrock\".options in altimate-code.json, or AWS_REGION and AWS_PROFILE."
  ),
  "--endpoint-url":
    "Set baseURL under provider.\"amazon-bedrock\".options in altimate-code.json, or AWS_ENDPOINT_URL_BEDROCK_RUNTIME.",
  ...same("--api-key, --token", "Pipe the token into altimate-code auth login, or set AWS_BEARER_TOKEN_BEDROCK."),
  ...same("--no-color, --color", "Set NO_COLOR=1."),
  ...same("--quiet, -q, --silent", "The answer alone is on stdout: 2>/dev/null hides the rest.")
}

/** Commands by name, with their parent commands in front. */
export const commands: Table = {
  ...same("serve, web, attach, acp, server, remote-control, workspace, link, account, share", noServer),
  ...same("agent, agents", noAgents),
  ...same(
    "skill, skills, plugin, plugins, plug",
    "There are no plugins: altimate-code mcp list shows the MCP servers, which add tools."
  ),
  ...same("github, gitlab, pr, review", "Use run in a script: git diff | altimate-code run \"Review this change\"."),
  ...same("check, learn", "Use altimate-code run \"…\", and describe the project in AGENTS.md."),
  ...same("stats, cost, usage", "altimate-code session list --format json has the tokens of each session."),
  ...same("trace, trajectory", "altimate-code session show ID shows the transcript."),
  export: "Use altimate-code session export ID.",
  import: "Sessions of other programs cannot be imported.",
  ...same("upgrade, update, uninstall, install", npm),
  ...same("debug, status", "altimate-code doctor checks the setup; altimate-code config show lists the settings."),
  db: "Sessions are files: altimate-code session list lists them.",
  ...same("completion, completions", "Use altimate-code --completions bash (or zsh, fish)."),
  version: "Use altimate-code --version.",
  ...same("login, setup-token", "Use altimate-code auth login."),
  logout: "Use altimate-code auth logout.",
  ...same(
    "configure, init",
    "altimate-code guides you through the setup on first start; altimate-code config path lists its files."
  ),
  ...same("chat, ask, exec, print, prompt", "Use altimate-code run \"…\"."),
  ...same("resume, continue", "Use altimate-code --continue, or --session ID."),
  ...same("sessions, history", "Use altimate-code session list."),
  permissions: "Set permission in altimate-code.json.",
  ...same("auth status, auth whoami, auth token, providers status", credential),
  ...same("config get, config list, config ls", "Use altimate-code config show."),
  ...same("config set, config edit, config add", "Edit the file: altimate-code config path shows where it is."),
  ...same("auth add, auth set, providers add", "Use altimate-code auth login."),
  ...same(
    "mcp add, mcp add-json, mcp install, mcp remove, mcp rm, mcp get",
    "Describe MCP servers under mcp in altimate-code.json."
  ),
  ...same("mcp auth, mcp login, mcp logout", "Set the server's headers under mcp in altimate-code.json.")
}
