/** Settings of other tools, and what applies here instead. */
import type { Names } from "../../given/ProgramNames.ts"

/** A remark about a setting that has no effect here. */
export interface Note {
  readonly text: string
  /** False if nothing is lost without the setting. */
  readonly isMissed: boolean
}

/**
 * Settings that can be deleted: they request what happens here anyway, or belong to a feature that does not exist here.
 * Sources: the configuration schema of opencode 1.x and of the altimate-code versions that were built on it; Claude Code, "Settings" and
 * "MCP".
 */
const unnecessary: Readonly<Record<string, string>> = {
  attachment: "Images are checked against Bedrock's limits.",
  autoshare: "Nothing is shared: sessions stay on this machine.",
  autoupdate: "There are no automatic updates.",
  autoUpdates: "There are no automatic updates.",
  cleanupPeriodDays: "Sessions stay until they are deleted.",
  enterprise: "It configures sharing, but nothing is shared here.",
  forceLoginMethod: "Sign in with a bearer token or AWS credentials; there is no other login.",
  feedback: "No feedback is collected.",
  includeCoAuthoredBy: "Commit messages stay as the model writes them.",
  "keybinds.*": "The screen has no such action.",
  layout: "There is one layout.",
  lsp: "No language servers are started.",
  server: "There is no server to configure.",
  share: "Nothing is shared: sessions stay on this machine.",
  snapshot: "/undo takes back the last turn; no setting turns it on or off.",
  spinnerTipsEnabled: "No tips are shown.",
  telemetry: "No telemetry is collected.",
  theme: "Another tool's theme: colors follow your terminal.",
  tracing: "Sessions are stored on this machine; no traces are exported.",
  tui: "The screen has no settings.",
  username: "No user name is shown.",
  watcher: "Files are not watched.",
  "mcp.*.updatedAt": "Servers are started for each session.",
  "provider.amazon-bedrock.api": "The URL is options.baseURL; the default is Amazon's own endpoint.",
  "provider.amazon-bedrock.discoverModels": "Models are not discovered: any model ID can be used.",
  "provider.amazon-bedrock.env": "The environment variables for credentials are fixed.",
  "provider.amazon-bedrock.id": "The provider is always Amazon Bedrock.",
  "provider.amazon-bedrock.name": "The provider is always called Amazon Bedrock.",
  "provider.amazon-bedrock.npm": "Amazon Bedrock needs no npm package.",
  "provider.amazon-bedrock.options.enterpriseUrl": "It applies only to GitHub Copilot.",
  "provider.amazon-bedrock.options.setCacheKey": "Prompts are cached if the model supports it.",
  "provider.amazon-bedrock.models.*.attachment": "File support is known from the model's ID or baseModel.",
  "provider.amazon-bedrock.models.*.experimental": "Any model can be used.",
  "provider.amazon-bedrock.models.*.family": "The family is known from id or baseModel.",
  "provider.amazon-bedrock.models.*.interleaved": "Reasoning is read in Bedrock's own format.",
  "provider.amazon-bedrock.models.*.modalities": "Input types are known from the model's ID or baseModel.",
  "provider.amazon-bedrock.models.*.reasoning": "Reasoning support is known from the model's ID or baseModel.",
  "provider.amazon-bedrock.models.*.release_date": "Release dates have no effect.",
  "provider.amazon-bedrock.models.*.status": "Any model can be used.",
  "provider.amazon-bedrock.models.*.temperature": "A temperature is sent only if options.temperature is set.",
  "provider.amazon-bedrock.models.*.tool_call": "Tools are offered to every model.",
  "provider.amazon-bedrock.models.*.limit.input": "The limits are context and output.",
  "provider.amazon-bedrock.models.*.cost.tiers": "A model has one price.",
  "provider.amazon-bedrock.models.*.cost.context_over_200k": "A model has one price."
}

/** Settings without an equivalent, or with another name here. */
const missed: Readonly<Record<string, string | ((names: Names) => string)>> = {
  agent: "There are no custom agents: model and permission at the top of the file apply to every task.",
  apiKeyHelper: "Use provider.amazon-bedrock.options.tokenCommand.",
  awsAuthRefresh: "Sign in to AWS yourself, or use provider.amazon-bedrock.options.tokenCommand.",
  awsCredentialExport: "Use credential_process in ~/.aws/config, or provider.amazon-bedrock.options.tokenCommand.",
  command: ({ directory }) => `Write each command as a file: .${directory}/commands/NAME.md.`,
  compaction: "Long conversations are compacted automatically; this can't be configured.",
  default_agent: "There are no custom agents.",
  disabled_providers: "Amazon Bedrock is the only provider.",
  effortLevel: "Use provider.amazon-bedrock.options.effort.",
  enabledPlugins: "There are no plugins.",
  enabled_providers: "Amazon Bedrock is the only provider.",
  enableAllProjectMcpServers: "A project's servers start only after you trust its file.",
  enabledMcpjsonServers: "Enable servers with mcp.NAME.enabled; .mcp.json is not read.",
  disabledMcpjsonServers: "Disable servers with mcp.NAME.enabled; .mcp.json is not read.",
  env: ({ directory }) =>
    `Set environment variables before you start ${directory}, or for one server in mcp.NAME.environment.`,
  experimental: "There are no experimental settings.",
  formatter: "Files are not formatted after an edit: instructions can tell the model to run a formatter.",
  governance: "There is no cost limit for queries: options.maxCost limits a session.",
  hooks: "Hooks do not run.",
  json_response: "There is no such setting.",
  language: "State the response language in AGENTS.md.",
  logLevel: ({ directory }) => `The log level is set when you start ${directory}, not in the file.`,
  mode: "There are no custom modes: permission.mode is ask, accept-edits or plan.",
  outputStyle: "Describe the style in AGENTS.md.",
  permissions: "Rules go under permission, in a different format, and the mode to start in is permission.mode.",
  plugin: "There are no plugins.",
  plugins: "There are no plugins.",
  providers: "Use provider, with options for amazon-bedrock.",
  reference: "List files under instructions, or name them in the prompt.",
  references: "List files under instructions, or name them in the prompt.",
  sandbox: "Commands run without a sandbox: permission decides what may run.",
  shell: "Commands run in bash, or in sh if bash is missing.",
  skills: ({ directory }) => `Put each skill in a folder of .${directory}/skills or .agents/skills.`,
  statusLine: "The status bar can't be customized.",
  tool_output: "The output limit for tools can't be configured.",
  tools: "Allow or deny tools under permission.",
  "mcp.*.alwaysAllow": "Allow calls without asking under permission, as SERVER_TOOL.",
  "mcp.*.autoApprove": "Allow calls without asking under permission, as SERVER_TOOL.",
  "mcp.*.cwd": "Servers start in the working directory. Use [\"sh\", \"-c\", \"cd DIRECTORY && exec COMMAND\"].",
  "mcp.*.oauth": "There is no OAuth login. Use headers, or headersCommand for a short-lived token.",
  "provider.amazon-bedrock.blacklist": "Any model that your credential allows can be used.",
  "provider.amazon-bedrock.whitelist": "Any model that your credential allows can be used.",
  "provider.amazon-bedrock.models.*.provider": "Every model is reached through Amazon Bedrock.",
  "provider.amazon-bedrock.models.*.variants": "There are no variants: give each one its own name under models."
}

const matchesPattern = (pattern: string, path: ReadonlyArray<string>): boolean => {
  const names = pattern.split(".")
  return names.length === path.length && names.every((name, index) => name === "*" || name === path[index])
}

/** The remark about an unknown setting; none if no known tool has it, so it may be a typo. */
export const findNote = (path: ReadonlyArray<string>, names: Names): Note | undefined => {
  const find = (notes: typeof missed, isMissed: boolean): Note | undefined => {
    const text = Object.entries(notes).find(([pattern]) => matchesPattern(pattern, path))?.[1]
    return text === undefined ? undefined : { text: typeof text === "string" ? text : text(names), isMissed }
  }
  return find(unnecessary, false) ?? find(missed, true)
}
