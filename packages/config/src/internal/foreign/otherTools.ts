/** Settings that files from other tools have, and what they come to here. */

/** What to know about a setting that has no effect here. */
export interface Note {
  readonly text: string
  /** false: nothing is lost without it. */
  readonly isMissed: boolean
}

/**
 * What nobody misses, because it is so here anyway, or because it is about something that is not here.
 * Sources: the configuration schema of opencode 1.x and of the altimate-code versions that were built on it; Claude Code, "Settings" and
 * "MCP".
 */
const needless: Readonly<Record<string, string>> = {
  attachment: "Images are checked against Bedrock's limits.",
  autoshare: "Nothing is shared: sessions stay on this machine.",
  autoupdate: "There are no automatic updates.",
  autoUpdates: "There are no automatic updates.",
  cleanupPeriodDays: "Sessions stay until they are deleted.",
  enterprise: "It is where sessions are shared, and nothing is shared here.",
  forceLoginMethod: "A bearer token or AWS credentials are used, without another login.",
  feedback: "No feedback is collected.",
  includeCoAuthoredBy: "Commit messages are not changed.",
  keybinds: "Keys can't be changed.",
  layout: "There is one layout.",
  lsp: "No language servers are started.",
  server: "There is no server to configure.",
  share: "Nothing is shared: sessions stay on this machine.",
  spinnerTipsEnabled: "No tips are shown.",
  telemetry: "No telemetry is collected.",
  theme: "Colors follow your terminal.",
  tracing: "Sessions are stored on this machine; no traces are exported.",
  tui: "The screen has no settings.",
  username: "No user name is shown.",
  watcher: "No files are watched.",
  "mcp.*.updatedAt": "Servers are started anew with each session.",
  "provider.amazon-bedrock.api": "The URL is options.baseURL; otherwise it is Amazon's own.",
  "provider.amazon-bedrock.discoverModels": "Models are not discovered: any model ID can be used.",
  "provider.amazon-bedrock.env": "The credential's variables are fixed.",
  "provider.amazon-bedrock.id": "The provider is always Amazon Bedrock.",
  "provider.amazon-bedrock.name": "The provider is always called Amazon Bedrock.",
  "provider.amazon-bedrock.npm": "Amazon Bedrock needs no package.",
  "provider.amazon-bedrock.options.enterpriseUrl": "It is about GitHub Copilot.",
  "provider.amazon-bedrock.options.setCacheKey": "Prompts are cached where the model can.",
  "provider.amazon-bedrock.models.*.attachment": "Whether a model takes files is known from its ID or baseModel.",
  "provider.amazon-bedrock.models.*.experimental": "Any model can be used.",
  "provider.amazon-bedrock.models.*.family": "The family is known from id or baseModel.",
  "provider.amazon-bedrock.models.*.interleaved": "Reasoning is read in the form that Bedrock has for it.",
  "provider.amazon-bedrock.models.*.modalities": "What a model takes is known from its ID or baseModel.",
  "provider.amazon-bedrock.models.*.reasoning": "Whether a model reasons is known from its ID or baseModel.",
  "provider.amazon-bedrock.models.*.release_date": "It decides nothing.",
  "provider.amazon-bedrock.models.*.status": "Any model can be used.",
  "provider.amazon-bedrock.models.*.temperature": "No temperature is sent.",
  "provider.amazon-bedrock.models.*.tool_call": "Every model is offered the tools.",
  "provider.amazon-bedrock.models.*.limit.input": "The limits are context and output.",
  "provider.amazon-bedrock.models.*.cost.tiers": "A model has one price.",
  "provider.amazon-bedrock.models.*.cost.context_over_200k": "A model has one price."
}

/** What there is no such thing for, or what it is called here. */
const missed: Readonly<Record<string, string>> = {
  agent: "There are no agents to define: model and permission at the top of the file hold for every task.",
  apiKeyHelper: "Write provider.amazon-bedrock.options.tokenCommand.",
  awsAuthRefresh: "Sign in to AWS yourself, or write provider.amazon-bedrock.options.tokenCommand.",
  awsCredentialExport: "Use credential_process in ~/.aws/config, or provider.amazon-bedrock.options.tokenCommand.",
  command: "There are no commands to define.",
  compaction: "Long conversations are compacted automatically; it can't be adjusted.",
  default_agent: "There are no agents to choose from.",
  disabled_providers: "Amazon Bedrock is the only provider.",
  effortLevel: "There is no setting for it.",
  enabledPlugins: "There are no plugins.",
  enabled_providers: "Amazon Bedrock is the only provider.",
  enableAllProjectMcpServers: "A project's servers wait until you trust its file.",
  enabledMcpjsonServers: "Servers are switched on by mcp.NAME.enabled; those of .mcp.json are not read.",
  disabledMcpjsonServers: "Servers are switched off by mcp.NAME.enabled; those of .mcp.json are not read.",
  env: "Set environment variables before you start, or for a server in mcp.NAME.environment.",
  experimental: "There are no experimental settings.",
  formatter: "Files are not formatted after an edit: instructions can tell the model to run a formatter.",
  governance: "There is no limit for the cost of a query.",
  hooks: "No hooks are run.",
  json_response: "There is no setting for it.",
  language: "Say in AGENTS.md which language to answer in.",
  logLevel: "The level of the log is given at each start, not in the file.",
  mode: "There are no modes: model and permission at the top of the file hold for every task.",
  outputStyle: "Say in AGENTS.md how to answer.",
  permissions: "Rules are written under permission, in another form.",
  plugin: "There are no plugins.",
  plugins: "There are no plugins.",
  providers: "Write provider, with options for Amazon Bedrock.",
  reference: "Name files under instructions, or in the prompt.",
  references: "Name files under instructions, or in the prompt.",
  sandbox: "Commands run without a sandbox: permission decides what may run.",
  shell: "Commands run in bash, or sh where there is none.",
  skills: "There are no skills: instructions can name their files.",
  small_model: "There is one model for everything.",
  snapshot: "No snapshots are taken: use Git to undo changes.",
  statusLine: "The status bar can't be changed.",
  tool_output: "How much of an output the model sees can't be adjusted.",
  tools: "Which tools may be used is written under permission.",
  "mcp.*.alwaysAllow": "Calls that need no question are written under permission, as SERVER_TOOL.",
  "mcp.*.autoApprove": "Calls that need no question are written under permission, as SERVER_TOOL.",
  "mcp.*.cwd": "A server starts in the working directory: use [\"sh\", \"-c\", \"cd DIRECTORY && exec COMMAND\"].",
  "mcp.*.oauth": "There is no OAuth login: use headers, or headersCommand for a short-lived token.",
  "provider.amazon-bedrock.blacklist": "Every model can be used; the credential decides.",
  "provider.amazon-bedrock.whitelist": "Every model can be used; the credential decides.",
  "provider.amazon-bedrock.models.*.headers":
    "Headers are the same for all models: provider.amazon-bedrock.options.headers.",
  "provider.amazon-bedrock.models.*.options": "There are no options for a single model, such as a thinking budget.",
  "provider.amazon-bedrock.models.*.provider": "Every model is reached as Amazon Bedrock.",
  "provider.amazon-bedrock.models.*.variants": "There are no variants: give each a name of its own under models."
}

const fits = (pattern: string, path: ReadonlyArray<string>): boolean => {
  const names = pattern.split(".")
  return names.length === path.length && names.every((name, index) => name === "*" || name === path[index])
}

/** What is known of an unknown setting; none: no known tool has it, so that it may be a typo. */
export const noteOn = (path: ReadonlyArray<string>): Note | undefined => {
  const find = (notes: Readonly<Record<string, string>>, isMissed: boolean): Note | undefined => {
    const entry = Object.entries(notes).find(([pattern]) => fits(pattern, path))
    return entry === undefined ? undefined : { text: entry[1], isMissed }
  }
  return find(needless, false) ?? find(missed, true)
}
