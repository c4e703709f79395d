/** A sandbox that plays the script of a file: prints its URL, and, when its input ends, how many requests it had. */
import * as Sandbox from "@altimate-code/sandbox/Sandbox"
import { Script } from "@altimate-code/sandbox/Script"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"

const script = Schema.decodeUnknownSync(Schema.parseJson(Script))(readFileSync(process.argv[2]!, "utf8"))

Effect.gen(function*() {
  const sandbox = yield* Sandbox.make({ script })
  process.stdout.write(`${sandbox.url}\n`)
  yield* Effect.async<void>((resume) => {
    process.stdin.on("end", () => resume(Effect.void)).resume()
  })
  process.stdout.write(`${(yield* sandbox.requests).length}\n`)
}).pipe(Effect.scoped, Effect.runPromise)
