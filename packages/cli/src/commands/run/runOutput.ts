/** The two forms of a turn on stdout and stderr. */
import type { TurnEvent, Usage } from "@altimate-code/agent/TurnEvent"
import * as Wait from "@altimate-code/agent/Wait"
import type { Credential } from "@altimate-code/auth/Credential"
import { publicUrl } from "@altimate-code/config/PublicUrl"
import { printable } from "@altimate-code/log/Printable"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import type * as Failure from "../../command-line/failure/renderFailure.ts"
import { shown, Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as Bedrock from "../../model/bedrock.ts"

type Finished = Extract<TurnEvent, { readonly type: "finished" }>

/** Of an answer that holds text all the same. */
const notes: Partial<Record<Finished["reason"], string>> = {
  length: "The answer was cut at its token limit. --max-tokens raises it.",
  error: "The model ended its answer with an error.",
  unknown: "The answer ended for a reason that is not known here.",
  other: "The answer ended for a reason that is not known here."
}

const signs = { ok: "•", failed: "✗", denied: "⊘", interrupted: "✗" } as const

/**
 * The answer's text on stdout as it comes, a newline at its end; on stderr a line for each tool call, and what a person should
 * know.
 */
export const text = Effect.gen(function*() {
  const { colors, isErrorTerminal, isTerminal, write, writeError } = yield* Stdio
  const countdown = yield* FiberHandle.make()
  const dim = (line: string) => colors ? `\u001b[2m${line}\u001b[22m` : line
  let last = "\n"
  let isBetween = false
  /** On a terminal both streams are below each other: a line on stderr begins where a line begins. */
  const newline = Effect.suspend(() => {
    if (last.endsWith("\n")) return Effect.void
    last = "\n"
    return write("\n")
  })
  const say = (line: string) => Effect.zipRight(newline, writeError(`${line}\n`))
  /** A line on stderr in the middle of an answer, whose text goes on behind it. */
  const sayBetween = (line: string) =>
    Effect.suspend(() => {
      const isOnTextLine = isTerminal && isErrorTerminal && !isBetween && !last.endsWith("\n")
      isBetween = true
      return writeError(`${isOnTextLine ? "\n" : ""}${line}`)
    })

  /** One line that is written over each second, and is gone when the wait is over. */
  const countDown = (wait: Wait.Wait) => {
    const tick = Effect.flatMap(
      Clock.currentTimeMillis,
      (now) =>
        Effect.as(
          writeError(eraseLine + inOneLine(dim(printable(`${Wait.describe(wait, now)} · ctrl-c stops`)))),
          wait.until - now
        )
    )
    return Effect.zipRight(
      sayBetween(""),
      FiberHandle.run(
        countdown,
        Effect.repeat(Effect.tap(tick, (left) => Effect.sleep(Math.min(left, 1000))), { while: (left) => left > 1000 })
          .pipe(Effect.ensuring(writeError(eraseLine)))
      )
    )
  }
  const waiting = (wait: Wait.Wait) =>
    isErrorTerminal
      ? countDown(wait)
      : Effect.flatMap(Clock.currentTimeMillis, (now) =>
        sayBetween(`note: ${printable(`${Wait.describe(wait, now)}: ${wait.message}`)}\n`))

  const show = (event: TurnEvent) => {
    switch (event.type) {
      case "text":
        last = event.text === "" ? last : event.text
        isBetween = false
        return write(isTerminal ? shown(event.text) : event.text)
      case "answer-cut": {
        const what = event.hasText ? "Continuing the answer" : "Asking again"
        return sayBetween(`note: ${what} after a failure: ${printable(event.message)}\n`)
      }
      case "waiting":
        return waiting(event)
      // A question may come next.
      case "tool-asked":
        return newline
      case "tool-done": {
        const { name, outcome, summary, title } = event
        return say(dim(printable(`${signs[outcome]} ${name} ${title}  ${summary}`)))
      }
      case "notice":
        return say(`note: ${printable(event.text)}`)
      case "finished": {
        const note = event.isEmpty ? undefined : notes[event.reason]
        const reason = Bedrock.stopReason(event.metadata)
        return note === undefined
          ? newline
          : say(`note: ${note}${event.reason === "length" || reason === undefined ? "" : ` (${printable(reason)})`}`)
      }
      default:
        return Effect.void
    }
  }
  return {
    event: (event: TurnEvent) => Effect.zipRight(FiberHandle.clear(countdown), Effect.suspend(() => show(event))),
    failed: (_failure: Failure.Failure) => newline
  }
})

const eraseLine = "\r\u001b[K"

/** Without a break at the terminal's edge, since only one line is erased. */
const inOneLine = (text: string): string => `\u001b[?7l${text}\u001b[?7h`

/** Is there an answer? Where not, the command fails. */
export const isAnswered = ({ isEmpty, reason }: Finished): boolean =>
  isEmpty === undefined && reason !== "steps" && reason !== "content-filter"

const tokens = ({ cacheRead, cacheWrite, input, output }: Usage) => ({
  inputTokens: input,
  outputTokens: output,
  totalTokens: input + output + cacheRead + cacheWrite,
  cacheReadInputTokens: cacheRead,
  cacheWriteInputTokens: cacheWrite
})

const kinds = { Bearer: "bearer", AwsChain: "aws", Headers: "header", None: "none" } as const

/** One event a line; docs/json-events.md describes them. */
export const json = (target: typeof BedrockTarget.Service, credential: Credential, session: string) =>
  Effect.gen(function*() {
    const stdio = yield* Stdio
    const line = (value: object) => Effect.provideService(writeJson(value), Stdio, stdio)
    yield* line({
      type: "start",
      session,
      model: target.model.configured,
      sentAs: target.model.wire,
      because: ModelId.explain(target.model),
      region: target.model.region,
      url: publicUrl(target.endpoint.url),
      credential: { type: kinds[credential._tag], from: credential.where }
    })
    return {
      event: (event: TurnEvent) => {
        switch (event.type) {
          case "tool-allowed":
          case "tool-running":
          case "failed":
            return Effect.void
          case "waiting": {
            const { attempt, message, until, why } = event
            return line({ type: "waiting", why, message, attempt, until: new Date(until).toISOString() })
          }
          case "usage":
            return line({ type: "usage", usage: tokens(event.step), context: event.context })
          case "finished":
            return isAnswered(event) ?
              line({
                type: "finish",
                reason: event.reason,
                stopReason: Bedrock.stopReason(event.metadata),
                usage: tokens(event.usage)
              }) :
              Effect.void
          default:
            return line(event)
        }
      },
      failed: (failure: Failure.Failure) => {
        const { hint, message, reason } = failure
        const { gatewayRequestId, requestId, status } = failure._tag === "BedrockError" ? failure : {}
        const { stopReason } = failure._tag === "CliError" ? failure : {}
        return line({ type: "error", reason, message, hint, status, requestId, gatewayRequestId, stopReason })
      }
    }
  })
