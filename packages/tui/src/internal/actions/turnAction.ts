import * as MentionedFiles from "@altimate-code/agent/MentionedFiles"
import * as Mentions from "@altimate-code/agent/Mentions"
import { Approver } from "@altimate-code/agent/permission/Approver"
import type { PermissionPolicy } from "@altimate-code/agent/permission/PermissionPolicy"
import * as PromptImages from "@altimate-code/agent/PromptImages"
import type { Session } from "@altimate-code/agent/session/Session"
import * as SessionTitle from "@altimate-code/agent/session/SessionTitle"
import * as UnansweredPrompt from "@altimate-code/agent/session/UnansweredPrompt"
import type { ModelProvider, SmallModel } from "@altimate-code/agent/turn/ModelProvider"
import * as Turn from "@altimate-code/agent/turn/Turn"
import type { Workspace } from "@altimate-code/agent/Workspace"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { type ActiveModel, Host, HostError } from "../../Host.ts"
import type { CommandPrompt } from "../commands/customCommands.ts"
import { attachmentItem, fileItem, keptNotice } from "../transcript/item.ts"
import { CurrentSession } from "./currentSession.ts"
import { Display } from "./display.ts"

export interface Options {
  readonly approver: Approver["Type"]
  readonly maxSteps: number
  /** Started once; every turn waits for it. */
  readonly tools: Host["Type"]["tools"]
  /** Runs an effect in the background. */
  readonly fork: (effect: Effect.Effect<void>) => Effect.Effect<void>
  readonly selectModel: (id: string) => Effect.Effect<void>
}

/** Sends a prompt to the model and runs the turn. */
export const make = ({ approver, fork, maxSteps, selectModel, tools }: Options) =>
  Effect.gen(function*() {
    const host = yield* Host
    const current = yield* CurrentSession
    const { mask, send, showFailure, showItem, showWarning } = yield* Display
    const context = yield* Effect.context<PermissionPolicy | FileSystem.FileSystem | Path.Path | Workspace>()

    /** Files that the prompt mentions may be read without a question. */
    const grantMentioned = (text: string) =>
      Effect.gen(function*() {
        const session = yield* current.get
        const { grants, notices } = yield* Mentions.resolve(text)
        for (const grant of grants) {
          yield* session.append({ type: "grant", ...grant, time: DateTime.formatIso(yield* DateTime.now) })
        }
        yield* Effect.forEach(notices, showWarning, { discard: true })
      })

    /** Reads the attached files, and shows them. Fails if not all images can be sent; other files are only reported. */
    const readAttachments = (typed: string, text: string, { acceptsImages, name }: ActiveModel) =>
      Effect.gen(function*() {
        const images = yield* PromptImages.readMentioned(`${typed}\n${text}`)
        if (images.length > 0 && acceptsImages === false) {
          return yield* new HostError({
            message: `${name} does not accept images.`,
            hint: "Choose another model with /model, or remove the images."
          })
        }
        for (const image of images) yield* showItem(attachmentItem(image))
        const { notices, parts } = yield* MentionedFiles.read(`${typed}\n${text}`)
        for (const part of parts) {
          const item = part.type === "file" ? attachmentItem(part) : fileItem(part.text)
          if (item !== undefined) yield* showItem(item)
        }
        yield* Effect.forEach(notices, showWarning, { discard: true })
        return [...images, ...parts]
      }).pipe(
        Effect.mapError(({ hint, message }) => new HostError({ message, hint: `Nothing was sent. ${hint}`.trim() }))
      )

    /** Lets the small model write the title of a new session. Without a title, lists show the first prompt. */
    const writeTitle = (session: Session, text: string, { languageModel, name }: SmallModel, provider: ModelProvider) =>
      Effect.flatMap(SessionTitle.isNeeded(session), (isNeeded) =>
        isNeeded
          ? fork(
            SessionTitle.write(session, text, provider).pipe(
              Effect.provideService(LanguageModel.LanguageModel, languageModel),
              Effect.catchAll((error) =>
                showWarning(`${name} (small_model) could not write the session's title: ${host.explain(error).message}`)
              ),
              Effect.ensuring(current.displaySpending)
            )
          )
          : Effect.void)

    /** Succeeds with whether the model has answered. */
    const run = (typed: string, makeCommandPrompt: Effect.Effect<CommandPrompt, HostError> | undefined) =>
      Effect.gen(function*() {
        const { own, prompt: text } = makeCommandPrompt === undefined
          ? { prompt: typed, own: typed }
          : yield* makeCommandPrompt
        const model = yield* host.model
        const { contextWindow, languageModel, modelProvider } = model
        const attachments = yield* readAttachments(typed, own, model)
        const { toolkit } = yield* tools
        const session = yield* current.get
        if (modelProvider?.small !== undefined) yield* writeTitle(session, text, modelProvider.small, modelProvider)
        yield* current.saveMode(true)
        yield* grantMentioned(own)
        const events = Turn.run({
          session,
          input: [...attachments, Prompt.textPart({ text })],
          typed,
          ...yield* current.systemPrompt,
          toolkit,
          maxSteps,
          ...(contextWindow === undefined ? {} : { contextWindow }),
          ...(modelProvider === undefined ? {} : { provider: modelProvider })
        })
        let usedFallback: string | undefined
        let isAnswered = true
        yield* Stream.runForEach(events, (event) =>
          Effect.gen(function*() {
            yield* send({ type: "turn", event: mask(event), at: yield* Clock.currentTimeMillis })
            if (event.type === "fallback") usedFallback = event.model
            if (event.type === "failed") yield* showFailure(host.explain(event.error))
            if (event.type === "failed" || (event.type === "finished" && event.isEmpty === true)) isAnswered = false
          })).pipe(Effect.provideService(LanguageModel.LanguageModel, languageModel))
        // The next turn would wait for the overloaded model again.
        if (usedFallback !== undefined) yield* selectModel(usedFallback)
        return isAnswered
      }).pipe(
        Effect.catchAll((failure) => Effect.as(showFailure(failure), false)),
        Effect.provideService(Approver, approver),
        Effect.provide(context)
      )

    /** A prompt that was not answered returns to the input, and leaves the conversation: it must not be sent together with the next one. */
    return (typed: string, makeCommandPrompt?: Effect.Effect<CommandPrompt, HostError>) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const session = yield* current.get
          const { length: before } = yield* session.entries
          const exit = yield* Effect.exit(restore(run(typed, makeCommandPrompt)))
          const isAnswered = Exit.isSuccess(exit) && exit.value
          const isReturned = !isAnswered &&
            (yield* Effect.orElseSucceed(UnansweredPrompt.withdraw(session, before), () => false))
          // An interrupted turn reports no events, but its last request counts too.
          yield* current.displaySpending
          // An answer to a question may have changed it.
          yield* current.saveMode(false)
          const at = yield* Clock.currentTimeMillis
          const interrupted = Exit.isInterrupted(exit)
          if (!isAnswered && !isReturned && !interrupted) yield* showItem(keptNotice)
          yield* send({ type: "turn-ended", at, interrupted, ...(isReturned ? { returned: typed } : {}) })
          yield* exit
        })
      )
  })
