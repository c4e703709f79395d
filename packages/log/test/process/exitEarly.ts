/** Logs three lines and then ends the process in the way of the second argument, before anything else can run. */
import * as LogFile from "@altimate-code/log/LogFile"
import * as Secrets from "@altimate-code/log/Secrets"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"

const [, , directory = "", how] = process.argv

const end = () => {
  if (how === "exit") process.exit(3)
  queueMicrotask(() => {
    throw new Error("a crash outside of all fibers")
  })
}

const layer = LogFile.layer({
  directory,
  level: LogLevel.Info,
  printLogs: true,
  writeError: (text) => Effect.sync(() => void process.stderr.write(text))
}).pipe(Layer.provide([Secrets.layer, NodeFileSystem.layer, NodePath.layer]))

Effect.runFork(
  Effect.forEach(["one", "two", "three"], (line) => Effect.logInfo(line)).pipe(
    Effect.zipRight(Effect.sync(end)),
    Effect.zipRight(Effect.never),
    Effect.provide(layer)
  )
)
