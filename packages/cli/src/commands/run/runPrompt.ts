/** Runs one prompt as a turn of the assistant and writes the answer to stdout as it arrives. */
import * as CommandTemplate from "@altimate-code/agent/prompts/CommandTemplate"
import * as BackgroundTaskText from "@altimate-code/agent/session/BackgroundTaskText"
import type { Line, Session } from "@altimate-code/agent/session/Session"
import * as SessionTitle from "@altimate-code/agent/session/SessionTitle"
import * as Spending from "@altimate-code/agent/session/Spending"
import type { ModelProvider } from "@altimate-code/agent/turn/ModelProvider"
import * as Turn from "@altimate-code/agent/turn/Turn"
import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import { notice } from "@altimate-code/auth/Credential"
import { Settings } from "@altimate-code/config/Settings"
import { printable } from "@altimate-code/log/Printable"
import { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { CliError } from "../../command-line/failure/CliError.ts"
import { explain } from "../../command-line/failure/explainFailure.ts"
import { Stdio } from "../../command-line/Stdio.ts"
import * as Bedrock from "../../model/bedrock.ts"
import * as KnownModels from "../../model/knownModels.ts"
import { describeCostLimit } from "../../model/notices.ts"
import * as RemoteModels from "../../model/remoteModels.ts"
import * as TokenCommands from "../../model/tokenCommands.ts"
import * as AskInTerminal from "../../workspace/askInTerminal.ts"
import * as Assistant from "../../workspace/assistant.ts"
import * as LocalFiles from "../../workspace/localFiles.ts"
import * as Mcp from "../../workspace/mcpServers.ts"
import { openSession, type SessionOptions } from "../../workspace/openSession.ts"
import * as Attachment from "./attachment.ts"
import * as CommandPrompt from "./commandPrompt.ts"
import * as Answers from "./noAnswer.ts"
import * as RunOutput from "./runOutput.ts"

/** The values of the command line. */
export interface RunOptions extends SessionOptions {
  readonly prompt: ReadonlyArray<string>
  /** The custom command whose arguments `prompt` has. */
  readonly command: Option.Option<string>
  readonly trustProject: boolean
  /** Paths of the attached files. */
  readonly files: ReadonlyArray<string>
  /** The session's title in lists. */
  readonly title: Option.Option<string>
  readonly system: Option.Option<string>
  readonly maxTokens: Option.Option<number>
  readonly effort: Bedrock.Effort
  readonly format: "text" | "json"
  /** Sends only the prompt: no tools, no instructions, no built-in system prompt. */
  readonly noTools: boolean
  /** The maximum number of steps of the turn. Each step is one request to the model. */
  readonly maxSteps: number
}

/** Reads the user's message: the attached files, the prompt on the command line, and the text piped into stdin. */
const readInput = Effect.fn("RunPrompt.readInput")(function*({ command, files, prompt, trustProject }: RunOptions) {
  const { readPiped } = yield* Stdio
  const custom = yield* Option.match(command, {
    onNone: () => CommandPrompt.findTyped(prompt, trustProject),
    onSome: (name) =>
      Effect.map(
        CommandPrompt.find(name, trustProject),
        (found) => Option.some({ ...found, given: CommandTemplate.fromWords(prompt) })
      )
  })
  const words = prompt.join(" ")
  const piped = Option.getOrElse(
    yield* readPiped({ isOptional: words.trim() !== "" || files.length > 0 || Option.isSome(custom) }),
    () => ""
  )
  const attachments = yield* Attachment.readAll(files)
  const isEmpty = [words, piped].every((text) => text.trim() === "")
  if (isEmpty && attachments.length === 0 && Option.isNone(custom)) {
    return yield* new CliError({
      reason: "Usage",
      message: "There is no prompt.",
      hint: "Write it after run (altimate-code run \"why?\"), or pipe it in."
    })
  }
  return {
    notices: Option.match(custom, { onNone: () => [], onSome: ({ notices }) => notices }),
    /** Makes the message. A custom command may run command lines, with the session's permissions. */
    toParts: (session: Session) =>
      Effect.gen(function*() {
        const typed = yield* Option.match(custom, {
          onNone: () => Effect.succeed(words),
          onSome: ({ command, given }) => CommandPrompt.expand(command, given, session)
        })
        const text = [typed, piped].filter((text) => text.trim() !== "").join("\n\n")
        return [...attachments, ...(text === "" ? [] : [Prompt.textPart({ text })])]
      })
  }
})

/** The session closes with the command, and ends its background commands. */
const reportRunningTasks = (session: Session) =>
  Effect.gen(function*() {
    const { writeError } = yield* Stdio
    const running = (yield* session.tasks.list).filter(({ end }) => end === undefined)
    for (const task of running) {
      const what = task.isKept ? BackgroundTaskText.describeKept(task) : BackgroundTaskText.describeEnded(task)
      yield* Effect.ignore(writeError(`note: ${printable(what)}\n`))
    }
  })

/** Prepares the tools and instructions of a turn; none with --no-tools. */
const equip = ({ noTools, system }: RunOptions) =>
  Effect.gen(function*() {
    if (noTools) return { system: Option.getOrUndefined(system), notices: [] }
    const { writeError } = yield* Stdio
    const servers = yield* Mcp.servers
    const skills = yield* Assistant.findSkills
    const [tools, prompt] = yield* Effect.all([
      Assistant.tools(servers, skills, (server) => writeError(`note: waiting for MCP server ${server} to start\n`)),
      Assistant.system(system, skills)
    ], { concurrency: 2 })
    return {
      toolkit: tools.toolkit,
      system: prompt.text,
      findInstructions: prompt.findInstructions,
      notices: [...tools.notices, ...prompt.notices]
    }
  })

type Finished = Extract<TurnEvent, { readonly type: "finished" }>

const logEnd = (event: Finished) => {
  const { cacheRead, cacheWrite, input, output } = event.spending.usage
  return Effect.logInfo(`answer complete (${event.reason})`).pipe(
    Effect.annotateLogs({
      service: "cli",
      inputTokens: input,
      outputTokens: output,
      totalTokens: input + output + cacheRead + cacheWrite
    })
  )
}

/** The answer is not held up longer by the title, which is written at the same time. */
const maxTitleTime = "10 seconds"

/** Lets the small model write the title of a new session; without one, lists show the first prompt. */
const writeTitle = (session: Session, input: ReadonlyArray<Prompt.UserMessagePart>, provider: ModelProvider) =>
  Effect.gen(function*() {
    const { small } = provider
    if (small === undefined || !(yield* SessionTitle.isNeeded(session))) return
    const text = input.map((part) => part.type === "text" ? part.text : "").join("\n\n")
    yield* SessionTitle.write(session, text, provider).pipe(
      Effect.provideService(LanguageModel.LanguageModel, small.languageModel),
      Effect.timeout(maxTitleTime),
      Effect.catchAll((error) => Effect.logWarning(`the session has no title: ${error.message}`))
    )
  })

/** The cost of an answer is known only when it ends. */
const describeOverspending = (lines: ReadonlyArray<Line>, maxCost: Option.Option<number>): ReadonlyArray<string> => {
  const { cost } = Spending.sum(lines)
  return Option.match(Option.filter(maxCost, (limit) => cost > limit), {
    onNone: () => [],
    onSome: (limit) => [
      `The session has cost ${Spending.formatDollars(cost)}, more than its limit of ${Spending.formatDollars(limit)}. `
      + "The limit is checked before each request, so the next one will not be sent."
    ]
  })
}

/** Why the command fails although the turn has ended: there is no answer, or calls could not be permitted. */
const findFailure = Effect.fn("RunPrompt.findFailure")(function*(event: Finished, maxSteps: number) {
  if (event.reason === "steps") {
    return new CliError({
      reason: "Steps",
      message: `The turn stopped after ${maxSteps} steps, before the model was done.`,
      hint: "To continue: altimate-code run --continue \"continue\". --max-steps raises the limit."
    })
  }
  if (!RunOutput.isAnswered(event)) return Answers.makeNoAnswerError(event)
  const unasked = yield* Ref.get(yield* AskInTerminal.Unasked)
  return unasked.length === 0 ? undefined : Answers.makeNotAllowedError(unasked)
})

/** Runs the turn and writes its events. */
export const runPrompt = Effect.fn("RunPrompt.runPrompt")(function*(options: RunOptions) {
  const model = yield* KnownModels.lookUp(yield* Bedrock.configuredModel)
  const maxCost = Option.map((yield* Settings).gateway.maxCost, ({ value }) => value)
  const given = yield* readInput(options)
  yield* Effect.gen(function*() {
    const target = yield* BedrockTarget
    // Resolved before the request, so that a broken auth.json is not reported as a failed request.
    const credential = yield* target.credential
    const session = yield* openSession(options)
    yield* Effect.addFinalizer(() => reportRunningTasks(session))
    const helpers = yield* Bedrock.openHelpers(model, "run")
    yield* Effect.logInfo(`session ${session.id}`).pipe(Effect.annotateLogs("service", "agent"))
    const { notices, ...equipped } = yield* equip(options)
    const output = yield* options.format === "json"
      ? RunOutput.json(target, credential, session.id)
      : RunOutput.text
    const reportNotices = (notices: ReadonlyArray<string>) =>
      Effect.forEach(notices, (text) => output.event({ type: "notice", text }), { discard: true })
    yield* reportNotices([
      ...Option.toArray(notice(credential)),
      ...session.notices,
      ...describeCostLimit({ maxCost, model, spending: Spending.sum(yield* session.entries) }),
      ...notices,
      ...given.notices,
      ...yield* Attachment.findNotices(options.files)
    ])
    if (Option.isSome(options.title) && options.title.value.trim() !== "") {
      const time = new Date(yield* Clock.currentTimeMillis).toISOString()
      yield* session.append({ type: "title", title: options.title.value, time })
    }
    const input = yield* given.toParts(session)
    const provider = Bedrock.provider(target, helpers, { price: model.price, maxCost })
    const title = yield* Effect.fork(writeTitle(session, input, provider))
    yield* Turn.run({
      ...equipped,
      session,
      input,
      maxSteps: options.maxSteps,
      cutAnswers: "continued",
      provider,
      ...Option.match(model.contextWindow, { onNone: () => ({}), onSome: (contextWindow) => ({ contextWindow }) })
    }).pipe(
      Stream.runForEach((event) => {
        switch (event.type) {
          case "finished":
            return Effect.gen(function*() {
              yield* logEnd(event)
              yield* reportNotices(describeOverspending(yield* session.entries, maxCost))
              const failure = yield* findFailure(event, options.maxSteps)
              yield* output.event(event, failure !== undefined)
              if (failure !== undefined) yield* Effect.fail(failure)
            })
          case "failed":
            return Effect.zipRight(output.event(event), Effect.fail(explain(event.error)))
          default:
            return output.event(event)
        }
      }),
      Effect.tapError((error) =>
        error._tag === "StdoutClosed" || (error._tag === "CliError" && error.reason === "Stdout")
          ? Effect.void
          : output.failed(error)
      )
    )
    yield* Fiber.join(title)
  }).pipe(
    Effect.scoped,
    Effect.provide(Bedrock.languageModel({
      id: model.id,
      maxTokens: Option.orElse(options.maxTokens, () => model.maxTokens),
      effort: options.effort
    })),
    Effect.provide(Bedrock.client),
    Effect.provide(TokenCommands.inTerminal),
    Effect.provide(AskInTerminal.layer),
    Effect.provide(Assistant.permissions),
    Effect.provide(LocalFiles.layer)
  )
}, RemoteModels.withProfiles)
