import type { Session } from "@altimate-code/agent/session/Session"
import type { Workspace } from "@altimate-code/agent/Workspace"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberHandle from "effect/FiberHandle"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Host } from "../../Host.ts"
import * as AttachActions from "../attachments/attachActions.ts"
import * as CustomCommands from "../commands/customCommands.ts"
import { initPrompt } from "../commands/initPrompt.ts"
import type { Action } from "../screen/action.ts"
import * as GitBranch from "../screen/gitBranch.ts"
import type { Message } from "../screen/message.ts"
import * as TaskActions from "../tasks/taskActions.ts"
import type { Terminal } from "../terminal/terminal.ts"
import * as CompactAction from "./compactAction.ts"
import * as CopyAction from "./copyAction.ts"
import * as CurrentSession from "./currentSession.ts"
import * as Display from "./display.ts"
import * as ModelActions from "./modelActions.ts"
import * as AllowedRules from "./permissions/allowedRules.ts"
import * as AlwaysAllowed from "./permissions/alwaysAllowed.ts"
import * as Approvals from "./permissions/approvals.ts"
import * as ModeActions from "./permissions/modeActions.ts"
import * as PromptActions from "./promptActions.ts"
import * as ReportActions from "./reportActions.ts"
import * as DiffAction from "./reports/diffAction.ts"
import * as SessionActions from "./sessionActions.ts"
import * as SetupActions from "./setupActions.ts"
import * as ShellAction from "./shellAction.ts"
import * as TurnAction from "./turnAction.ts"
import * as UndoAction from "./undoAction.ts"

export interface Options {
  readonly session: Session
  readonly closeSession?: Effect.Effect<void>
  readonly maxSteps: number
  readonly dispatch: (message: Message) => void
  readonly suspendDuring: Terminal["suspendDuring"]
  readonly writeToTerminal: Terminal["write"]
  /** Applies a message that may open the pager. */
  readonly showPage: (message: Message) => void
}

/** How long a hint stays in the status bar. */
const hintDuration = "2 seconds"

const serversDelay = "300 millis"

/** Interrupts without waiting for the fiber's clean-up: later actions must not wait for it. */
const interrupt = (handle: FiberHandle.FiberHandle): Effect.Effect<void> =>
  FiberHandle.get(handle).pipe(Effect.flatMap(Fiber.interruptFork), Effect.ignore)

/** Performs the actions that the screen's state asks for. */
export const make = (options: Options) =>
  Effect.gen(function*() {
    const { mask } = yield* Host
    const display = Display.make(options.dispatch, mask)
    const current = yield* Effect.provideService(
      CurrentSession.make({ session: options.session, close: options.closeSession ?? Effect.void }),
      Display.Display,
      display
    )
    return yield* makePerformer(options).pipe(
      Effect.provideService(Display.Display, display),
      Effect.provideService(CurrentSession.CurrentSession, current)
    )
  })

const makePerformer = ({ closeSession, maxSteps, session, showPage, suspendDuring, writeToTerminal }: Options) =>
  Effect.gen(function*() {
    const host = yield* Host
    const { send, showFailure, showNotice, showWarning } = yield* Display.Display
    const current = yield* CurrentSession.CurrentSession
    const tools = yield* Effect.cached(host.tools)
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path | Workspace>()
    const displayBranch = Effect.flatMap(GitBranch.read, (branch) => send({ type: "branch", branch })).pipe(
      Effect.provide(context)
    )

    const alwaysAllowed = yield* AlwaysAllowed.make
    const allowedRules = yield* AllowedRules.make
    const approvals = yield* Approvals.make
    const runShell = yield* ShellAction.make
    const compact = yield* CompactAction.make
    const modes = yield* ModeActions.make
    const models = yield* ModelActions.make
    const sessions = yield* SessionActions.make(closeSession === undefined ? session : undefined)
    const setup = yield* SetupActions.make(models.display)
    const prompt = yield* PromptActions.make(suspendDuring)
    const reports = yield* ReportActions.make
    const showDiff = yield* DiffAction.make
    const tasks = yield* TaskActions.make(showPage)
    const attach = yield* AttachActions.make
    const undo = yield* UndoAction.make
    const copy = yield* CopyAction.make(writeToTerminal)

    const commands = yield* CustomCommands.make(approvals.approver)

    /** A turn, a shell command or a compaction: one at a time, and Esc stops it. */
    const task = yield* FiberHandle.make()
    const setupTest = yield* FiberHandle.make()
    const externalEditor = yield* FiberHandle.make()
    const clipboard = yield* FiberHandle.make()
    const hint = yield* FiberHandle.make()
    const modelList = yield* FiberHandle.make()
    const others = yield* FiberSet.make()
    const quit = yield* Deferred.make<void>()

    const reportDefects = (effect: Effect.Effect<void>) =>
      Effect.onError(effect, (cause) =>
        Cause.isInterruptedOnly(cause) ? Effect.void : Effect.zipRight(
          Effect.logError("an action of the screen failed", cause),
          showFailure({
            message: "Something went wrong in altimate-code itself.",
            hint: "See the log file for details."
          })
        ))
    const runAs = (
      handle: FiberHandle.FiberHandle,
      effect: Effect.Effect<void>,
      options?: { readonly onlyIfMissing: boolean }
    ) => Effect.asVoid(FiberHandle.run(handle, reportDefects(effect), options))
    const fork = (effect: Effect.Effect<void>) => Effect.asVoid(FiberSet.run(others, reportDefects(effect)))

    /** The prompt may wait for it, whatever happens. */
    const reportRead = (source: "pasted" | "clipboard", read: Effect.Effect<boolean>) =>
      read.pipe(
        Effect.tapErrorCause((cause) =>
          Cause.isInterruptedOnly(cause) ? Effect.void : send({ type: "attachment-read", source, isOk: false })
        ),
        Effect.flatMap((isOk) => send({ type: "attachment-read", source, isOk }))
      )

    const runTurn = yield* TurnAction.make({
      approver: approvals.approver,
      maxSteps,
      tools,
      fork,
      selectModel: models.select
    })

    /** Starts the action, and only awaits those that take no time. */
    const perform = (action: Action): Effect.Effect<void> => {
      switch (action.type) {
        case "turn":
          return runAs(task, Effect.ensuring(runTurn(action.text), displayBranch))
        case "init": {
          const prompt = Effect.succeed({ prompt: initPrompt, own: "" })
          return runAs(task, Effect.ensuring(runTurn(action.text, prompt), displayBranch))
        }
        case "find-command":
          return fork(commands.findTyped(action.text))
        case "list-commands":
          return fork(commands.reload)
        case "command":
          return runAs(
            task,
            Effect.ensuring(runTurn(action.text, commands.makePrompt(action.command)), displayBranch)
          )
        case "shell":
          return runAs(task, Effect.ensuring(runShell(action.command), displayBranch))
        case "compact":
          return runAs(task, compact)
        case "stop":
          return interrupt(task)
        case "answer":
          return approvals.answer(action.id, action.answer)
        case "always-allow":
          // Before the answer, so that the next call need not ask.
          return Effect.zipRight(alwaysAllowed.allow(action.patterns), fork(alwaysAllowed.save(action.patterns)))
        case "next-mode":
          return Effect.zipRight(modes.next, fork(current.saveMode(false)))
        case "set-mode":
          return Effect.zipRight(modes.set(action.mode), fork(current.saveMode(false)))
        case "list-models":
          return runAs(modelList, models.list)
        case "find-model":
          return fork(models.find(action.text))
        case "select-model":
          return fork(models.select(action.id))
        case "list-efforts":
          return fork(models.listEfforts)
        case "set-effort":
          return fork(models.setEffort(action.effort))
        case "list-sessions":
          return fork(sessions.list)
        case "open-session":
          return Effect.zipRight(modes.endSession, fork(sessions.open(action.id)))
        case "new-session":
          return Effect.zipRight(modes.endSession, fork(sessions.create))
        case "rename-session":
          return fork(sessions.rename(action.title))
        case "retitle-session":
          return fork(sessions.retitle(action.id, action.title))
        case "copy-session":
          return fork(sessions.copy(action.id))
        case "delete-session":
          return fork(sessions.remove(action.id))
        case "export":
          return fork(sessions.exportMarkdown(action.file))
        case "fork-session":
          return Effect.zipRight(modes.endSession, fork(sessions.fork))
        case "show-task":
          return fork(tasks.show(action.id))
        case "refresh-task":
          return fork(tasks.refresh(action.id))
        case "end-task":
          return fork(tasks.end(action.id))
        case "keep-task":
          return fork(tasks.keep(action.id, action.isKept))
        case "plan-undo":
          return fork(undo.ask)
        case "undo":
          return fork(undo.apply(action.plan))
        case "diff":
          return fork(showDiff)
        case "copy":
          return fork(copy)
        case "list-permissions":
          return fork(allowedRules.show)
        case "remove-rule":
          return fork(allowedRules.remove(action.rule))
        case "status":
          return fork(reports.status)
        case "cost":
          return fork(reports.cost)
        case "mcp":
          return fork(reports.mcp)
        case "skills":
          return fork(reports.skills)
        case "edit":
          return runAs(externalEditor, prompt.edit(action.text), { onlyIfMissing: true })
        case "list-files":
          return fork(prompt.listFiles)
        case "list-prompts":
          return fork(prompt.listPrompts)
        case "attach-pasted":
          return fork(reportRead("pasted", attach.fromText(action.text)))
        case "attach-clipboard":
          return runAs(clipboard, reportRead("clipboard", attach.fromClipboard))
        case "stop-attaching":
          return interrupt(clipboard)
        case "remember":
          return fork(prompt.remember(action.text))
        case "expire-hint":
          return runAs(hint, Effect.delay(send({ type: "hint-expired" }), hintDuration))
        case "check-setup":
          return runAs(setupTest, setup.check(action.answers))
        case "attempt-setup":
          return runAs(setupTest, setup.attempt(action.answers))
        case "save-setup":
          return fork(setup.save(action.answers))
        case "stop-setup":
          return interrupt(setupTest)
        case "quit":
          return Effect.asVoid(Deferred.succeed(quit, undefined))
      }
    }

    /** Shows the session at once; the tools' notices and the model once they are there. */
    const start = Effect.gen(function*() {
      yield* current.display
      // Not in the background: a command is known once it can be typed.
      yield* commands.list
      yield* fork(displayBranch)
      const areServersStarting = (isStarting: boolean) => send({ type: "servers-starting", isStarting })
      yield* fork(Effect.scoped(Effect.gen(function*() {
        // Servers that start at once need no word.
        yield* areServersStarting(true).pipe(Effect.delay(serversDelay), Effect.forkScoped)
        const { notices } = yield* Effect.ensuring(tools, areServersStarting(false))
        yield* Effect.forEach(notices, showWarning, { discard: true })
      })))
      yield* fork(Stream.runForEach(host.notices, showNotice))
      yield* fork(modes.show)
      if (Option.isNone(host.setup)) yield* fork(models.display)
    })

    const interruptAll = Effect.zipRight(
      Effect.forEach([task, setupTest, externalEditor, clipboard, hint, modelList], FiberHandle.clear, {
        discard: true
      }),
      FiberSet.clear(others)
    )

    return { perform, start, interruptAll, awaitQuit: Deferred.await(quit), currentSession: current.get }
  })
