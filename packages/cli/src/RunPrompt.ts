/** One prompt through the gateway, its answer to stdout as it comes. */
import * as Auth from "@altimate-code/auth/Auth"
import * as AwsCredentials from "@altimate-code/auth/AwsCredentials"
import * as CredentialStore from "@altimate-code/auth/CredentialStore"
import { Settings } from "@altimate-code/config/Settings"
import * as ModelRef from "@altimate-code/model-id/ModelRef"
import * as BedrockClient from "@altimate-code/provider/BedrockClient"
import { BedrockError } from "@altimate-code/provider/BedrockError"
import * as BedrockLanguageModel from "@altimate-code/provider/BedrockLanguageModel"
import type * as AiError from "@effect/ai/AiError"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Attachment from "./Attachment.ts"
import { CliError } from "./CliError.ts"
import * as RunOutput from "./RunOutput.ts"
import { Stdio } from "./Stdio.ts"

/** What the command line asks for. */
export interface RunOptions {
  readonly prompt: ReadonlyArray<string>
  /** Paths of what goes along with it. */
  readonly files: ReadonlyArray<string>
  readonly system: Option.Option<string>
  readonly maxTokens: Option.Option<number>
  readonly format: "text" | "json"
}

/** Everything between the settings and the wire. */
const bedrock = (options: BedrockLanguageModel.Options) =>
  BedrockLanguageModel.layer(options).pipe(
    Layer.provideMerge(BedrockClient.layer()),
    Layer.provideMerge(Auth.layer),
    Layer.provide([AwsCredentials.layer, CredentialStore.layer])
  )

/** The user's message: the words of the command line, what was piped in, the attached files. */
const readPrompt = Effect.fn("RunPrompt.readPrompt")(function*({ files, prompt, system }: RunOptions) {
  const { piped } = yield* Stdio
  const text = [prompt.join(" "), Option.getOrElse(yield* piped, () => "")]
    .filter((text) => text.trim() !== "")
    .join("\n\n")
  const attachments = yield* Effect.forEach(files, Attachment.read)
  if (text === "" && attachments.length === 0) {
    return yield* new CliError({
      reason: "Usage",
      message: "There is no prompt.",
      hint: "Write it behind run (altimate-code run \"why?\"), or pipe it in."
    })
  }
  return Prompt.fromMessages([
    ...Option.toArray(Option.map(system, (content) => Prompt.makeMessage("system", { content }))),
    Prompt.makeMessage("user", {
      content: [...attachments, ...(text === "" ? [] : [Prompt.makePart("text", { text })])]
    })
  ])
})

const model = Effect.gen(function*() {
  const settings = yield* Settings
  if (Option.isNone(settings.model)) {
    return yield* new CliError({
      reason: "Usage",
      message: "No model is configured.",
      hint:
        "Set \"model\" in altimate-code.json, or name one: altimate-code run -m amazon-bedrock/anthropic.claude-sonnet-4-6-v1 …"
    })
  }
  return yield* ModelRef.parse(settings.model.value.value)
})

/** What `@effect/ai` wraps is a failure of ours with a hint; anything else is a prompt or an answer that does not fit. */
const unwrap = (error: AiError.AiError): BedrockError | CliError =>
  Option.getOrElse(BedrockError.fromAiError(error), () =>
    error._tag === "MalformedInput"
      ? new CliError({
        reason: "Usage",
        message: error.description ?? error.message,
        hint: "Change the prompt or its attachments."
      })
      : new CliError({
        reason: "Answer",
        message: ("description" in error ? error.description : undefined) ?? error.message,
        hint: "The model's answer can't be used. Try again."
      }))

const logFinish = ({ reason, usage }: Response.FinishPart) =>
  Effect.logInfo(`answer complete (${reason})`).pipe(
    Effect.annotateLogs({
      service: "cli",
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      totalTokens: usage.totalTokens
    })
  )

/** Sends the prompt and writes the answer. */
export const runPrompt = Effect.fn("RunPrompt.runPrompt")(function*(options: RunOptions) {
  const id = yield* model
  const prompt = yield* readPrompt(options)
  yield* Effect.gen(function*() {
    const target = yield* BedrockLanguageModel.BedrockTarget
    // Asked before the request, so that a broken auth.json is told apart from a request that failed.
    const credential = yield* target.credential
    const output = yield* options.format === "json" ? RunOutput.json(target, credential) : RunOutput.text
    yield* LanguageModel.streamText({ prompt }).pipe(
      Stream.mapError(unwrap),
      Stream.tap((part) => part.type === "finish" ? logFinish(part) : Effect.void),
      Stream.runForEach(output.part),
      Effect.tapError((error) =>
        error._tag === "StdoutClosed" || (error._tag === "CliError" && error.reason === "Stdout")
          ? Effect.void
          : output.failed(error)
      )
    )
  }).pipe(
    Effect.provide(bedrock({
      model: id,
      ...(Option.isSome(options.maxTokens) ? { maxTokens: options.maxTokens.value } : {})
    }))
  )
})
