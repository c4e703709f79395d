/** Acquires the lock of the given file, reports that, and never releases it. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import * as FileLock from "../../src/FileLock.ts"

FileLock.acquire(process.argv[2] ?? "").pipe(
  Effect.tap(({ temporary }) =>
    Effect.sync(() => {
      writeFileSync(temporary, "half of a fi")
      process.stdout.write("held\n")
    })
  ),
  Effect.zipRight(Effect.sleep("1 hour")),
  Effect.scoped,
  Effect.provide(NodeContext.layer),
  Effect.runFork
)
