/** Writes a turn to stdout and stderr, as text or as JSON events. */
import * as Spending from "@altimate-code/agent/session/Spending"
import type { Usage } from "@altimate-code/agent/session/Usage"
import type { TurnEvent } from "@altimate-code/agent/turn/TurnEvent"
import * as Wait from "@altimate-code/agent/turn/Wait"
import type { Credential } from "@altimate-code/auth/Credential"
import { printable } from "@altimate-code/log/Printable"
import { publicUrl } from "@altimate-code/log/PublicUrl"
import * as ModelId from "@altimate-code/model-id/ModelId"
import type { BedrockTarget } from "@altimate-code/provider/BedrockLanguageModel"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Option from "effect/Option"
import { hintOf } from "../../command-line/failure/hints/hintOf.ts"
import type * as Failure from "../../command-line/failure/renderFailure.ts"
import { makeVisible, Stdio, writeJson } from "../../command-line/Stdio.ts"
import * as Bedrock from "../../model/bedrock.ts"

type Finished = Extract<TurnEvent, { readonly type: "finished" }>

/** Notes for answers that have text but did not end normally. */
const notes: Partial<Record<Finished["reason"], string>> = {
  length: "The answer reached its token limit again and is incomplete. --max-tokens raises the limit.",
  error: "The model ended its answer with an error.",
  unknown: "The answer ended for an unknown reason.",
  other: "The answer ended for an unknown reason."
}

const signs = { ok: "•", failed: "✗", denied: "⊘", interrupted: "✗" } as const

/**
 * Writes the answer's text to stdout as it arrives, with a newline at the end. Writes a line per tool call and notes to stderr.
 */
export const text = Effect.gen(function*() {
  const { colors, isErrorTerminal, isTerminal, write, writeError } = yield* Stdio
  const countdown = yield* FiberHandle.make()
  const dim = (line: string) => colors ? `\u001b[2m${line}\u001b[22m` : line
  let last = "\n"
  let isBetween = false
  /** Ends the current line of the answer, because stderr may be on the same terminal. */
  const newline = Effect.suspend(() => {
    if (last.endsWith("\n")) return Effect.void
    last = "\n"
    return write("\n")
  })
  const writeNote = (line: string) => Effect.zipRight(newline, writeError(`${line}\n`))
  /** Writes a line to stderr in the middle of an answer, whose text continues after it. */
  const writeNoteBetween = (line: string) =>
    Effect.suspend(() => {
      const isOnTextLine = isTerminal && isErrorTerminal && !isBetween && !last.endsWith("\n")
      isBetween = true
      return writeError(`${isOnTextLine ? "\n" : ""}${line}`)
    })

  /** Rewrites one line every second and erases it when the wait is over. */
  const countDown = (wait: Wait.Wait) => {
    const tick = Effect.flatMap(
      Clock.currentTimeMillis,
      (now) =>
        Effect.as(
          writeError(eraseLine + inOneLine(dim(printable(`${Wait.describe(wait, now)} · ctrl-c to stop`)))),
          wait.until - now
        )
    )
    return Effect.zipRight(
      writeNoteBetween(""),
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
        writeNoteBetween(`note: ${printable(`${Wait.describe(wait, now)}: ${wait.message}`)}\n`))

  const show = (event: TurnEvent) => {
    switch (event.type) {
      case "text":
        last = event.text === "" ? last : event.text
        isBetween = false
        return write(isTerminal ? makeVisible(event.text) : event.text)
      case "answer-cut": {
        if (event.isLimit) {
          return writeNoteBetween(
            "note: The answer reached its token limit and continues. --max-tokens raises the limit.\n"
          )
        }
        const what = event.hasText ? "Continuing the answer" : "Retrying"
        return writeNoteBetween(`note: ${what} after a failure: ${printable(event.message)}\n`)
      }
      case "waiting":
        return waiting(event)
      // The permission prompt may follow.
      case "tool-asked":
        return newline
      case "tool-done": {
        const { name, outcome, summary, title } = event
        return writeNote(dim(printable(`${signs[outcome]} ${name} ${title}  ${summary}`)))
      }
      case "notice":
        return writeNote(`note: ${printable(event.text)}`)
      case "task-ended":
        return writeNote(`note: ${printable(`Background task ${event.id} ended (${event.ending}): ${event.title}`)}`)
      case "finished": {
        // A call that was cut off is reported as an error.
        const note = event.isEmpty || event.cutCall !== undefined ? undefined : notes[event.reason]
        const reason = Bedrock.stopReason(event.metadata)
        return note === undefined
          ? newline
          : writeNote(
            `note: ${note}${event.reason === "length" || reason === undefined ? "" : ` (${printable(reason)})`}`
          )
      }
      default:
        return Effect.void
    }
  }
  return {
    event: (event: TurnEvent, _isFailure = false) =>
      FiberHandle.unsafeGet(countdown)._tag === "None"
        ? show(event)
        : Effect.zipRight(FiberHandle.clear(countdown), Effect.suspend(() => show(event))),
    failed: (_failure: Failure.Failure) => newline
  }
})

const eraseLine = "\r\u001b[K"

/** Prevents wrapping at the terminal's edge, because only one line is erased. */
const inOneLine = (text: string): string => `\u001b[?7l${text}\u001b[?7h`

/** Whether the turn has an answer. If not, the command fails. */
export const isAnswered = ({ cutCall, isEmpty, reason }: Finished): boolean =>
  isEmpty === undefined && cutCall === undefined && reason !== "steps" && reason !== "content-filter"

const tokens = ({ cacheRead, cacheWrite, input, output }: Usage) => ({
  inputTokens: input,
  outputTokens: output,
  totalTokens: input + output + cacheRead + cacheWrite,
  cacheReadInputTokens: cacheRead,
  cacheWriteInputTokens: cacheWrite
})

/** In US dollars; absent if it is unknown. `costIsMinimum`: the cost of some requests is unknown, and they cost more. */
const cost = (spending: Spending.Spending) => ({
  ...(Spending.isKnown(spending) ? { cost: spending.cost } : {}),
  ...(Spending.isComplete(spending) ? {} : { costIsMinimum: true })
})

const kinds = { Bearer: "bearer", AwsChain: "aws", Headers: "header", None: "none" } as const

/** Writes one event per line. docs/json-events.md describes them. */
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
      effort: Option.getOrUndefined(target.effort),
      url: publicUrl(target.endpoint.url),
      credential: { type: kinds[credential._tag], from: credential.where }
    })
    return {
      /** `isFailure`: the command fails with this event, so that the last line is an error. */
      event: (event: TurnEvent, isFailure = false) => {
        switch (event.type) {
          case "tool-writing":
          case "tool-allowed":
          case "tool-running":
          case "tool-output":
          case "compacting":
          case "failed":
            return Effect.void
          case "waiting": {
            const { attempt, message, until, why } = event
            return line({ type: "waiting", why, message, attempt, until: new Date(until).toISOString() })
          }
          case "usage":
            return line({
              type: "usage",
              usage: tokens(event.step),
              ...(event.cost === undefined ? {} : { cost: event.cost }),
              context: event.context
            })
          case "finished":
            return isFailure ? Effect.void : line({
              type: "finish",
              reason: event.reason,
              stopReason: Bedrock.stopReason(event.metadata),
              usage: tokens(event.spending.usage),
              ...cost(event.spending)
            })
          default:
            return line(event)
        }
      },
      failed: (failure: Failure.Failure) => {
        const { message, reason } = failure
        const hint = hintOf(failure)
        const { gatewayRequestId, requestId, status } = failure._tag === "RequestError" ? failure.error : {}
        const { guardrail, stopReason } = failure._tag === "CliError" ? failure : {}
        return line({
          type: "error",
          reason,
          message,
          hint,
          status,
          requestId,
          gatewayRequestId,
          stopReason,
          guardrail
        })
      }
    }
  })
