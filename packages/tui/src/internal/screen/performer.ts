import { type Answer, Approver } from "@altimate-code/agent/Approver"
import * as Compaction from "@altimate-code/agent/Compaction"
import * as Files from "@altimate-code/agent/Files"
import * as History from "@altimate-code/agent/History"
import * as Mentions from "@altimate-code/agent/Mentions"
import { unknown as unknownProvider } from "@altimate-code/agent/ModelProvider"
import type { PermissionPolicy } from "@altimate-code/agent/PermissionPolicy"
import { type Grant, PermissionRules } from "@altimate-code/agent/PermissionRules"
import type { Session } from "@altimate-code/agent/Session"
import type { SessionError } from "@altimate-code/agent/SessionError"
import { SessionStore } from "@altimate-code/agent/SessionStore"
import * as Shell from "@altimate-code/agent/Shell"
import * as Transcript from "@altimate-code/agent/Transcript"
import * as Turn from "@altimate-code/agent/Turn"
import { Workspace } from "@altimate-code/agent/Workspace"
import { replaceFile } from "@altimate-code/system/ReplaceFile"
import * as LanguageModel from "@effect/ai/LanguageModel"
import * as Prompt from "@effect/ai/Prompt"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Host, type Setup } from "../../Host.ts"
import { edit } from "../input/externalEditor.ts"
import * as Picker from "../input/picker.ts"
import * as PromptHistory from "../input/promptHistory.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { type Item, ofEntries, shellMessage } from "../transcript/item.ts"
import { maskTexts } from "../transcript/maskTexts.ts"
import { type Command, type Message, noUsage } from "./state.ts"

export interface Options {
  readonly session: Session
  readonly release?: Effect.Effect<void>
  readonly maxSteps: number
  readonly dispatch: (message: Message) => void
  /** Lets another program have the terminal. */
  readonly lend: Terminal["lend"]
}

/** More files are not offered: a key must not wait until all of them are compared. */
const maxFiles = 50_000

const problem = ({ hint, message }: { readonly hint: string; readonly message: string }): Item => ({
  type: "notice",
  level: "error",
  text: message,
  hint
})

/** Does what the screen's state asks for. */
export const make = ({ dispatch, lend, maxSteps, release, session }: Options) =>
  Effect.gen(function*() {
    const host = yield* Host
    const sessions = yield* SessionStore
    const workspace = yield* Workspace
    const permissionRules = yield* PermissionRules
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const context = yield* Effect.context<PermissionPolicy | FileSystem.FileSystem | Path.Path | Workspace>()
    const scope = yield* Effect.scope

    const tools = yield* Effect.cached(host.tools)
    const current = yield* Ref.make(session)
    // Not to be opened again: nobody has given it back.
    const kept = release === undefined ? session : undefined
    let leave = release ?? Effect.void
    // The system prompt of the conversation: the same in all of its turns.
    let system: Pick<Turn.Options, "system" | "findInstructions"> | undefined
    let isEditing = false
    const answers = new Map<string, Deferred.Deferred<Answer>>()
    const left = yield* Deferred.make<void>()
    let work: Fiber.RuntimeFiber<void> | undefined
    let attempt: Fiber.RuntimeFiber<void> | undefined
    let calming: Fiber.RuntimeFiber<void> | undefined

    const tell = (message: Message) => Effect.sync(() => dispatch(message))
    const masked = <A>(value: A): A => maskTexts(value, host.mask)
    const show = (item: Item) => tell({ type: "item", item: masked(item) })
    const say = (text: string) => show({ type: "notice", level: "info", text })
    const background = (effect: Effect.Effect<void>) =>
      Effect.forkIn(
        Effect.tapErrorCause(effect, (cause) =>
          Cause.isInterruptedOnly(cause) ? Effect.void : Effect.zipRight(
            Effect.logError("the screen's work failed", cause),
            show(
              problem({
                message: "Something went wrong inside of this program.",
                hint: "The log file has the details."
              })
            )
          )),
        scope
      )

    const approver = Approver.of({
      ask: (question) =>
        Effect.gen(function*() {
          const answer = yield* Deferred.make<Answer>()
          answers.set(question.id, answer)
          yield* tell({ type: "asked", question: masked(question) })
          return yield* Deferred.await(answer)
        }).pipe(Effect.ensuring(Effect.suspend(() => {
          answers.delete(question.id)
          return tell({ type: "unasked", id: question.id })
        })))
    })

    const systemPrompt = Effect.suspend(() =>
      system === undefined
        ? Effect.flatMap(host.system, ({ findInstructions, notices, text }) => {
          system = { system: text, ...(findInstructions === undefined ? {} : { findInstructions }) }
          const warnings = notices.map((text) => show({ type: "notice", level: "warning", text }))
          return Effect.as(Effect.all(warnings, { discard: true }), system)
        })
        : Effect.succeed(system)
    )

    const files = yield* Effect.cachedWithTTL(
      Effect.orElseSucceed(Files.nearest(workspace.directory, maxFiles), () => []),
      "10 seconds"
    )

    const turn = (text: string) =>
      Effect.gen(function*() {
        const { contextWindow, languageModel, modelProvider } = yield* host.model
        const { toolkit } = yield* tools
        const session = yield* Ref.get(current)
        const mentioned = yield* Effect.provide(Mentions.consent(text), context)
        for (const grant of mentioned.grants) {
          const time = new Date(yield* Clock.currentTimeMillis).toISOString()
          yield* session.append({ type: "grant", ...grant, time })
        }
        for (const text of mentioned.notices) yield* show({ type: "notice", level: "warning", text })
        const events = Turn.run({
          session,
          input: [Prompt.textPart({ text })],
          ...yield* systemPrompt,
          toolkit,
          maxSteps,
          ...(contextWindow === undefined ? {} : { contextWindow }),
          ...(modelProvider === undefined ? {} : { provider: modelProvider })
        })
        yield* Stream.runForEach(events, (event) =>
          Effect.gen(function*() {
            yield* tell({ type: "turn", event: masked(event), at: yield* Clock.currentTimeMillis })
            if (event.type === "failed") yield* show(problem(host.explain(event.error)))
          })).pipe(
            Effect.provideService(LanguageModel.LanguageModel, languageModel),
            Effect.provideService(Approver, approver),
            Effect.provide(context)
          )
      }).pipe(
        Effect.catchAll((error) => show(problem(error))),
        Effect.onExit((exit) =>
          Effect.flatMap(
            Clock.currentTimeMillis,
            (at) => tell({ type: "turn-over", at, interrupted: Exit.isInterrupted(exit) })
          )
        )
      )

    const shell = (command: string) =>
      Effect.gen(function*() {
        const { ending, ok, output } = yield* Shell.run({ command, timeout: "10 minutes" })
        yield* show({ type: "shell", command, output, end: ending, ok })
        const { append } = yield* Ref.get(current)
        const time = new Date(yield* Clock.currentTimeMillis).toISOString()
        yield* append({
          type: "user",
          message: Prompt.userMessage({
            content: [Prompt.textPart({ text: shellMessage(command, ending, output.trimEnd()) })]
          }),
          time
        })
      }).pipe(
        Effect.catchTags({
          ShellError: ({ message }) => show(problem({ message, hint: "" })),
          SessionError: (error) => show(problem(error))
        }),
        Effect.onInterrupt(() => show({ type: "shell", command, output: "", end: "interrupted", ok: false })),
        Effect.ensuring(tell({ type: "ready" })),
        Effect.provide(context)
      )

    const compact = Effect.gen(function*() {
      const { contextWindow, languageModel, modelProvider } = yield* host.model
      const session = yield* Ref.get(current)
      const provider = modelProvider ?? unknownProvider
      const { notice, usage } = yield* provider.reportWaits(
        Compaction.compact(session, { window: contextWindow, provider }),
        (wait) => Effect.flatMap(Clock.currentTimeMillis, (at) => tell({ type: "waiting", wait: masked(wait), at }))
      ).pipe(
        Effect.provideService(LanguageModel.LanguageModel, languageModel)
      )
      yield* tell({ type: "compacted", usage, context: History.context(yield* session.entries), text: notice })
    }).pipe(
      Effect.catchAll((error) => show(problem(error._tag === "HostError" ? error : host.explain(error)))),
      Effect.onInterrupt(() => show({ type: "notice", level: "warning", text: "Interrupted. Nothing was compacted." })),
      Effect.ensuring(tell({ type: "ready" }))
    )

    const begin = (session: Session) =>
      Effect.gen(function*() {
        yield* Ref.set(current, session)
        system = undefined
        const lines = yield* session.entries
        const items = ofEntries(lines)
        yield* tell({
          type: "conversation",
          items: items.length === 0
            ? [{ type: "welcome", version: host.version, directory: host.directory }]
            : [...items, { type: "notice", level: "info", text: `This conversation goes on (${session.id}).` }],
          usage: items.length === 0 ? noUsage : Transcript.totals(lines),
          context: History.context(lines)
        })
        if (session.directory !== workspace.directory) {
          yield* show({
            type: "notice",
            level: "warning",
            text: `It was begun in ${session.directory}; tools work in ${workspace.directory}.`
          })
        }
        yield* Effect.forEach(session.notices, say)
      })

    /** Each in a scope of its own: the one that is left is free for others. */
    const enter = (opening: Effect.Effect<Session, SessionError, Scope.Scope>) =>
      Effect.gen(function*() {
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const session = yield* Scope.extend(opening, own).pipe(
          Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
        )
        const left = leave
        leave = Scope.close(own, Exit.void)
        yield* begin(session)
        yield* left
      })

    const open = (id: string) =>
      Effect.gen(function*() {
        const here = yield* Ref.get(current)
        const stay = say(`You are in this conversation already (${here.id}).`)
        if (id === here.id) return yield* stay
        yield* enter(id === kept?.id ? Effect.succeed(kept) : sessions.open(id)).pipe(
          // A part of its ID stands for it, too.
          Effect.catchIf(({ path, reason }) => reason === "InUse" && path === here.path, () => stay)
        )
      }).pipe(
        Effect.catchAll((error) => show(problem(error))),
        Effect.ensuring(tell({ type: "ready" }))
      )

    const listSessions = Effect.gen(function*() {
      const listed = yield* sessions.list
      const here = listed.filter(({ directory }) => directory === workspace.directory)
      const elsewhere = listed.filter(({ directory }) => directory !== workspace.directory)
      if (listed.length === 0) return yield* say("There is no earlier conversation.")
      const choices = [...here, ...elsewhere].map(({ directory, id, time, title, turns }) => ({
        id,
        label: title === "" ? id : title,
        detail: [
          time.slice(0, 16).replace("T", " "),
          `${turns} ${turns === 1 ? "prompt" : "prompts"}`,
          ...(directory === workspace.directory ? [] : [directory])
        ].join(" · ")
      }))
      yield* tell({ type: "sessions", picker: Picker.make("Conversations", choices) })
    }).pipe(
      Effect.catchAll((error) => show(problem(error))),
      Effect.ensuring(tell({ type: "ready" }))
    )

    const exportSession = Effect.gen(function*() {
      const { entries, id } = yield* Ref.get(current)
      const file = path.join(workspace.directory, `session-${id}.md`)
      yield* replaceFile(file, Transcript.markdown(yield* entries), { mode: 0o600, forcesMode: true })
      yield* say(`Written to ${file}.`)
    }).pipe(
      Effect.provideService(FileSystem.FileSystem, fs),
      Effect.catchAll(({ message }) =>
        show(problem({ message: `The conversation can't be written: ${message}`, hint: "" }))
      )
    )

    const allow = (grants: ReadonlyArray<Grant>) =>
      Effect.forEach(grants, (grant) =>
        Effect.zipRight(
          permissionRules.allow(grant),
          host.allowAlways(grant.permission, grant.pattern).pipe(
            Effect.flatMap((file) => say(`Allowed from now on: ${grant.permission} ${grant.pattern} (${file}).`)),
            Effect.catchAll((error) => show(problem(error)))
          )
        ), { discard: true })

    const activate = Effect.matchEffect(host.model, {
      onFailure: (error) => show(problem(error)),
      onSuccess: (model) => tell({ type: "model", model })
    })

    const saved = (setup: Setup, answers: Parameters<Setup["save"]>[0], words: string) =>
      setup.save(answers).pipe(Effect.flatMap((files) =>
        tell({ type: "setup-done" }).pipe(
          Effect.zipRight(say(`${words} Saved in ${files.join(" and ")}.`)),
          Effect.zipRight(activate)
        )
      ))

    const inSetup = (
      step: (setup: Setup) => Effect.Effect<void, { readonly message: string; readonly hint: string }>
    ) =>
      Option.match(host.setup, {
        onNone: () => Effect.void,
        onSome: (setup) =>
          Effect.catchAll(
            step(setup),
            ({ hint, message }) => tell({ type: "setup-failed", problem: masked({ message, hint }) })
          )
      })

    const interrupt = (fiber: Fiber.RuntimeFiber<void> | undefined) =>
      fiber === undefined ? Effect.void : Effect.asVoid(Fiber.interruptFork(fiber))

    const perform = (command: Command): Effect.Effect<void> => {
      switch (command.type) {
        case "turn":
          return Effect.map(background(turn(command.text)), (fiber) => void (work = fiber))
        case "shell":
          return Effect.map(background(shell(command.command)), (fiber) => void (work = fiber))
        case "compact":
          return Effect.map(background(compact), (fiber) => void (work = fiber))
        case "stop":
          return interrupt(work)
        case "answer":
          return Effect.suspend(() => {
            const question = answers.get(command.id)
            return question === undefined ? Effect.void : Deferred.succeed(question, command.answer)
          })
        case "allow":
          return Effect.asVoid(background(allow(command.patterns)))
        case "models":
          return Effect.gen(function*() {
            const selected = yield* Effect.option(host.model)
            const id = Option.match(selected, { onNone: () => "", onSome: ({ configured }) => configured })
            const choices = host.models.map(({ family, id, name }) => ({
              id,
              label: name,
              detail: `${family} · ${id}`
            }))
            const index = Math.max(0, choices.findIndex((choice) => choice.id === id))
            yield* tell({ type: "models", picker: Picker.make("Models", choices, index, Picker.ownModel) })
          })
        case "select-model":
          return Effect.asVoid(background(
            host.select(command.id).pipe(
              Effect.flatMap((model) =>
                Effect.zipRight(tell({ type: "model", model }), say(`${model.name} answers from now on.`))
              ),
              Effect.catchAll((error) => show(problem(error))),
              Effect.ensuring(tell({ type: "ready" }))
            )
          ))
        case "list-sessions":
          return Effect.asVoid(background(listSessions))
        case "open-session":
          return Effect.asVoid(background(open(command.id)))
        case "new-session":
          return Effect.asVoid(background(
            enter(sessions.create(workspace.directory)).pipe(
              Effect.catchAll((error) => show(problem(error))),
              Effect.ensuring(tell({ type: "ready" }))
            )
          ))
        case "status":
          return Effect.asVoid(background(
            Effect.gen(function*() {
              const { id, path } = yield* Ref.get(current)
              const lines = yield* host.status
              yield* show({ type: "lines", title: "What applies", lines: [...lines, `session     ${id} (${path})`] })
            })
          ))
        case "mcp":
          return Effect.asVoid(background(
            Effect.flatMap(host.mcp, (lines) => show({ type: "lines", title: "MCP servers", lines }))
          ))
        case "export":
          return Effect.asVoid(background(exportSession))
        case "edit":
          if (isEditing) return Effect.void
          isEditing = true
          return Effect.asVoid(background(
            lend(edit(command.text)).pipe(
              Effect.ensuring(Effect.sync(() => void (isEditing = false))),
              Effect.flatMap((text) => tell({ type: "edited", text })),
              Effect.catchAll((error) => show(problem(error))),
              Effect.provide(context)
            )
          ))
        case "list-files":
          return Effect.asVoid(background(
            Effect.flatMap(files, (files) => tell({ type: "files", files }))
          ))
        case "remember":
          return Effect.asVoid(
            background(Effect.provide(PromptHistory.append(host.history, host.mask(command.text)), context))
          )
        case "calm-soon":
          return interrupt(calming).pipe(
            Effect.zipRight(background(Effect.delay(tell({ type: "calm" }), "2 seconds"))),
            Effect.map((fiber) => void (calming = fiber))
          )
        case "attempt":
          return Effect.map(
            background(inSetup((setup) =>
              Effect.flatMap(
                setup.attempt(command.answers),
                (said) => saved(setup, command.answers, `It works; the model says: ${said.trim()}`)
              )
            )),
            (fiber) => void (attempt = fiber)
          )
        case "save":
          return Effect.asVoid(background(inSetup((setup) => saved(setup, command.answers, ""))))
        case "stop-attempt":
          return interrupt(attempt)
        case "leave":
          return Effect.asVoid(Deferred.succeed(left, undefined))
      }
    }

    /** What is shown first. */
    const start = Effect.gen(function*() {
      yield* begin(session)
      yield* background(
        Effect.flatMap(
          tools,
          ({ notices }) =>
            Effect.forEach(notices, (text) => show({ type: "notice", level: "warning", text }), { discard: true })
        )
      )
      yield* background(Stream.runForEach(host.said, say))
      if (Option.isNone(host.setup)) {
        yield* activate
      }
    })

    return { perform, start, left: Deferred.await(left), current: Ref.get(current) }
  })
