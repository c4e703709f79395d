/** Starts a command that runs beside the turns of a session. */
import * as ProcessGroup from "@altimate-code/system/ProcessGroup"
import * as ProcessId from "@altimate-code/system/ProcessId"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import type { BackgroundProcess, Ending } from "../../../session/BackgroundTasks.ts"
import { removeOldOutputs, ShellError } from "../../../Shell.ts"
import { Workspace } from "../../../Workspace.ts"
import { describeOutputFailure } from "./describeFailure.ts"
import { disablePrompts, writePrograms } from "./disablePrompts.ts"
import * as OutputLog from "./outputLog.ts"
import { makeOutputPipe } from "./outputPipe.ts"
import { describeExit, makeCommandDirectory, startShell, waitForExit } from "./startShell.ts"

/**
 * Run by sh, beside the command. The first line is the leader of the command's process group, each further line says what happens to the group
 * once this program has ended, even by SIGKILL: `end` or `keep`. The output is discarded from then on.
 */
const watcherScript = `read -r leader
while read -r word; do fate=$word; done
cat <&3 >/dev/null 2>&1 &
if [ "$fate" = end ]; then
  kill -s TERM -- "-$leader"
  for pause in 0.1 0.4 0.5 1; do
    kill -s 0 -- "-$leader" || break
    sleep "$pause" || sleep 1
  done
  kill -s KILL -- "-$leader"
fi >/dev/null 2>&1
exec 3<&-
wait`

/** Output that arrives faster than this is slowed down, so that the screen stays usable: bytes per interval. */
const maxBurst = 256 * 1024
const burstInterval = 50

/** How often it is checked whether processes are left whose leader has ended. */
const leftoverInterval = "500 millis"

/**
 * Starts the shell of a command; the command itself runs once `release` is called. Closing the scope ends it with all processes that it has
 * started, unless it is kept.
 */
export const startInBackground = Effect.fn("backgroundCommand.startInBackground")(function*(command: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { commandEnvironment, directory, makeMasker, outputs, programEnvironment } = yield* Workspace
  const failed = (error: unknown) => new ShellError({ message: describeOutputFailure(error) })

  const log = yield* fs.makeDirectory(outputs, { recursive: true, mode: 0o700 }).pipe(
    Effect.zipRight(Effect.try(() => OutputLog.make(path.join(outputs, `${randomUUID()}.txt`), makeMasker))),
    Effect.mapError(failed),
    (made) => Effect.acquireRelease(made, (log) => Effect.sync(log.close))
  )
  yield* removeOldOutputs
  // Closed once the command has ended; its output can still be read.
  const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)

  return yield* Effect.gen(function*() {
    const temporary = yield* makeCommandDirectory(outputs)
    const env = disablePrompts(commandEnvironment, yield* writePrograms(temporary))
    const broken = yield* Deferred.make<Ending>()
    /** Output can't be stored any more, for example because the disk is full. */
    const orBreak = (write: () => void) => {
      try {
        write()
      } catch (error) {
        Deferred.unsafeDone(broken, Effect.succeed({ ending: failed(error).message, ok: false }))
      }
    }
    let burst = 0
    const pipe = yield* makeOutputPipe(path.join(temporary, "output"), programEnvironment, (bytes) => {
      orBreak(() => log.add(bytes))
      burst += bytes.length
      if (burst < maxBurst) return
      burst = 0
      pipe.pause()
      setTimeout(pipe.resume, burstInterval).unref()
    }, watcherScript).pipe(Effect.mapError(failed))
    let isKept = false
    let isOver = false
    const { child, release } = yield* Effect.acquireRelease(
      startShell(command, directory, env, pipe.writer).pipe(
        Effect.mapError((message) => new ShellError({ message })),
        Effect.tap(({ child }) =>
          Effect.sync(() => {
            pipe.release()
            pipe.sendToWatcher(`${child.pid}\nend`)
          })
        )
      ),
      ({ child }) =>
        isKept || isOver
          ? Effect.sync(() => child.unref())
          : Effect.zipRight(
            ProcessGroup.of(child.pid).end(),
            Effect.sync(() => pipe.sendToWatcher("keep"))
          )
    )
    const pid = child.pid!
    const end = Effect.suspend(() => ProcessGroup.of(pid).end())
    const ended = Effect.raceFirst(
      // The command may have started processes and ended before them.
      Effect.tap(
        Effect.map(waitForExit(child), describeExit),
        () =>
          Effect.repeat(ProcessGroup.isRunning(pid), {
            while: (isRunning) => isRunning,
            schedule: Schedule.spaced(leftoverInterval)
          })
      ),
      // Only afterwards: the command's exit by this signal would win.
      Deferred.await(broken)
    ).pipe(Effect.tap(() => Effect.whenEffect(end, Deferred.isDone(broken))))
    const running: BackgroundProcess = {
      id: yield* ProcessId.of(pid),
      release,
      awaitEnd: Effect.flatMap(ended, (ending) =>
        Effect.sync(() => {
          isOver = true
          // There is nothing left to end.
          pipe.sendToWatcher("keep")
          pipe.finish()
          orBreak(log.end)
        }).pipe(
          Effect.zipRight(Scope.close(scope, Exit.void)),
          // A failure to store the output explains more than how the command ended.
          Effect.zipRight(Effect.flatMap(
            Deferred.poll(broken),
            Option.match({ onNone: () => Effect.succeed(ending), onSome: (broken) => broken })
          )),
          Effect.uninterruptible
        )),
      end,
      setKept: (kept) =>
        Effect.sync(() => {
          isKept = kept
          pipe.sendToWatcher(kept ? "keep" : "end")
        }),
      output: log
    }
    return running
  }).pipe(Scope.extend(scope), Effect.catchTags({ BadArgument: failed, SystemError: failed }))
})
