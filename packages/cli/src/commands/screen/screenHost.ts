/** The program around the screen: its configuration, credentials, gateway and models. */
import type { Mode } from "@altimate-code/agent/permission/PermissionMode"
import { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import { PermissionRules, type Rules } from "@altimate-code/agent/permission/PermissionRules"
import { Workspace } from "@altimate-code/agent/Workspace"
import * as TokenCommand from "@altimate-code/auth/TokenCommand"
import * as ConfigEdit from "@altimate-code/config/ConfigEdit"
import { Directories } from "@altimate-code/config/Directories"
import { type Setting, source } from "@altimate-code/config/Origin"
import * as Settings from "@altimate-code/config/Settings"
import { LogFile } from "@altimate-code/log/LogFile"
import { Secrets } from "@altimate-code/log/Secrets"
import * as Paths from "@altimate-code/system/Paths"
import { Host } from "@altimate-code/tui/Host"
import * as Keybinds from "@altimate-code/tui/Keybinds"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { explain } from "../../command-line/failure/explainFailure.ts"
import * as KnownModels from "../../model/knownModels.ts"
import type { Services } from "../../Services.ts"
import { version } from "../../Version.ts"
import * as Assistant from "../../workspace/assistant.ts"
import { tokenCommandEnvironment } from "../../workspace/childEnvironment.ts"
import * as CustomCommands from "../../workspace/customCommands.ts"
import * as Mcp from "../../workspace/mcpServers.ts"
import * as PromptSources from "../../workspace/promptSources.ts"
import * as AllowedRules from "./allowedRules.ts"
import * as FirstStart from "./firstStart.ts"
import { toChoices } from "./modelChoices.ts"
import { runNotification } from "./runNotification.ts"
import * as SelectedModel from "./selectedModel.ts"
import { toHostError } from "./toHostError.ts"

const modeDescriptions: Readonly<Record<Mode, string>> = {
  ask: "ask: edits, commands and other tools ask, unless a rule allows them",
  "accept-edits": "accept edits: edits in the project run without asking, the rest as in the mode ask",
  plan: "plan: only reading and searching, everything else is denied"
}

const verdicts = [["allow", "allowed"], ["ask", "asks"], ["deny", "denied"]] as const

/** What the current rules allow, ask about, and deny. */
const describeRules = (rules: Rules | undefined, yolo: Setting<boolean>): ReadonlyArray<string> => {
  const all = typeof rules === "string" ? { "*": rules } : rules ?? {}
  const flat = Object.entries(all).flatMap(([name, rule]) =>
    Object.entries(typeof rule === "string" ? { "*": rule } : rule).map(([pattern, verdict]) => ({
      text: name === "*" && pattern === "*" ? "everything" : pattern === "*" ? name : `${name} ${pattern}`,
      verdict
    }))
  )
  const lines = verdicts.flatMap(([verdict, label]) => {
    const texts = flat.filter((rule) => rule.verdict === verdict).map(({ text }) => text)
    return texts.length === 0 ? [] : [`${label.padEnd(12)}${texts.join(", ")}`]
  })
  return yolo.value
    ? [
      `questions   none (${source(yolo.origin)}): every tool call runs without asking, except what a rule denies`,
      ...lines
    ]
    : lines
}

/** Without skills: where they can be. */
const describeSkills = ({ skills }: Effect.Effect.Success<typeof Assistant.findSkills>) =>
  Effect.gen(function*() {
    const { home } = yield* Directories
    if (skills.length > 0) {
      const width = Math.max(...skills.map(({ name }) => name.length))
      return skills.map(({ description, name, path }) =>
        `${name.padEnd(width)}  ${description} (${Paths.abbreviateHome(path, home)})`
      )
    }
    const sources = yield* PromptSources.find("skills")
    return [
      "No skills found. A skill is a folder with a SKILL.md in one of these directories:",
      ...sources.map(({ directory }) => `  ${Paths.abbreviateHome(directory, home)}`)
    ]
  })

/** Options of the command line about the model's answers. */
export type AnswerOptions = SelectedModel.AnswerOptions

/** The host of the screen. `overrides` are settings from the command line. */
export const layer = (
  { effort, maxTokens, overrides }: AnswerOptions & { readonly overrides: Settings.Overrides }
) =>
  Layer.scoped(
    Host,
    Effect.gen(function*() {
      const context = yield* Effect.context<Services | Settings.Settings | Workspace>()
      const path = yield* Path.Path
      const { programEnvironment } = yield* Workspace
      const { cwd, data, home } = yield* Directories
      const { keybinds, leaves, mode: startMode, notification, theme, untrusted, yolo } = yield* Settings.Settings
      const modeKey = Keybinds.labelOfMode(keybinds)
      const { mode } = yield* PermissionPolicy
      const currentMode = mode === undefined ? Effect.succeed(startMode.value) : SubscriptionRef.get(mode)
      const rules = yield* PermissionRules
      const logPath = Option.flatMap(yield* Effect.serviceOption(LogFile), ({ path }) => path)
      const models = yield* KnownModels.selectableModels
      const servers = yield* Mcp.servers
      const notices = yield* Queue.unbounded<string>()
      const notify = (notice: string) => Effect.asVoid(Queue.offer(notices, notice))
      // The screen uses the terminal, so stderr is not available.
      const tokenCommand = TokenCommand.layer({ environment: yield* tokenCommandEnvironment, onStderr: notify })
      const listed = new Set(models.map(({ id }) => id))
      const model = yield* SelectedModel.make({
        overrides,
        effort,
        maxTokens,
        tokenCommand,
        isListed: (id) => listed.has(id),
        notify: (all) => Queue.offerAll(notices, all)
      })

      return Host.of({
        version,
        yolo: yolo.value,
        isModeGiven: startMode.origin._tag === "Flag",
        directory: Paths.abbreviateHome(cwd, home),
        setup: yield* FirstStart.make(tokenCommand),
        model: Effect.map(model.get, ({ active }) => active),
        models,
        listedModels: Stream.map(model.offers, ({ list, offers }) => {
          for (const { id } of offers) listed.add(id)
          return toChoices(models, list, offers)
        }),
        select: (id) => Effect.map(model.select(id), ({ active }) => active),
        setEffort: (effort) => Effect.map(model.setEffort(effort), ({ active }) => active),
        notices: Stream.fromQueue(notices),
        tools: Effect.provide(
          Effect.flatMap(Assistant.findSkills, (skills) =>
            Assistant.tools(servers, skills, (server) => notify(`Waiting for MCP server ${server} to start.`))),
          context
        ),
        customCommands: {
          find: (reserved) =>
            Effect.provide(CustomCommands.find(reserved), context),
          isUntrusted: (command) =>
            CustomCommands.isUntrusted(command).pipe(Effect.mapError(toHostError), Effect.provide(context)),
          trust: (command) =>
            CustomCommands.trust([command]).pipe(Effect.mapError(toHostError), Effect.provide(context)),
          describeIgnored: CustomCommands.describeIgnored
        },
        mcp: Effect.map(servers.status, (all) => Mcp.describeServers(all, untrusted)),
        skills: Effect.provide(Effect.flatMap(Assistant.findSkills, describeSkills), context),
        system: Effect.provide(
          Effect.flatMap(Assistant.findSkills, (skills) => Assistant.system(Option.none(), skills)),
          context
        ),
        explain,
        status: Effect.map(model.get, ({ status }) => status).pipe(
          Effect.catchAll(({ hint, message }) => Effect.succeed([message, hint])),
          Effect.flatMap((lines) =>
            Effect.gen(function*() {
              return [
                ...lines,
                ...Option.toArray(logPath).map((path) => `log         ${Paths.abbreviateHome(path, home)}`),
                `mode        ${modeDescriptions[yield* currentMode]}${` (${modeKey ?? "/mode"} changes it)`}`,
                ...describeRules(yield* rules.get, yolo)
              ]
            })
          )
        ),
        allowAlways: (permission, pattern) =>
          Effect.gen(function*() {
            const file = yield* ConfigEdit.userFile
            yield* ConfigEdit.set(file, [{ path: ["permission", permission, pattern], value: "allow" }])
            return file
          }).pipe(Effect.mapError(toHostError), Effect.provide(context)),
        allowedRules: Effect.flatMap(rules.get, (rules) => AllowedRules.list(rules, leaves)).pipe(
          Effect.provide(context)
        ),
        removeRule: (rule) => Effect.provide(AllowedRules.remove(rule), context),
        notification: typeof notification === "string"
          ? notification
          : runNotification(notification.command, programEnvironment),
        keybinds,
        theme,
        history: path.join(data, "history.jsonl"),
        mask: (yield* Secrets).mask
      })
    })
  )
