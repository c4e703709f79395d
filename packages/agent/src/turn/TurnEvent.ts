/**
 * The events of a turn, for programs that display it.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import type { CutAnswer } from "../session/Session.ts"
import type { SessionError } from "../session/SessionError.ts"
import type { Spending } from "../session/Spending.ts"
import type { Usage } from "../session/Usage.ts"
import type { Wait } from "./Wait.ts"

/**
 * The outcome of a tool call.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "ok" | "failed" | "denied" | "interrupted"

/**
 * The events of each step are pieces of reasoning and text, then its tool calls (`tool-asked` for each once the answer is saved, then
 * `tool-allowed`, `tool-running`, `tool-output`, `tool-done`), then `usage`. The last event is `finished` or `failed`; the stream itself never fails. An
 * interrupted turn ends without either.
 *
 * @since 0.1.0
 * @category models
 */
export type TurnEvent =
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "text"; readonly text: string }
  /** The model begins to write a call of this tool, which may take long, for example with the content of a file. */
  | { readonly type: "tool-writing"; readonly name: string }
  | {
    readonly type: "tool-asked"
    readonly id: string
    readonly name: string
    /** One line, e.g. `npm test`. */
    readonly title: string
    readonly params: unknown
  }
  | { readonly type: "tool-allowed"; readonly id: string; readonly because: string }
  | { readonly type: "tool-running"; readonly id: string }
  /** The last lines of a command's output so far; each event replaces the one before. */
  | { readonly type: "tool-output"; readonly id: string; readonly text: string }
  | {
    readonly type: "tool-done"
    readonly id: string
    readonly name: string
    readonly title: string
    readonly outcome: Outcome
    /** A few words. */
    readonly summary: string
    /** The text that the model gets. */
    readonly output: string
    readonly diff?: string
  }
  | {
    readonly type: "usage"
    /** Usage of one request: a step, a summary, or an answer that was cut off. */
    readonly step: Usage
    /** Its cost in US dollars; absent: unknown. */
    readonly cost?: number
    /** Size of the context for the next request in tokens. */
    readonly context: number
  }
  /**
   * The answer was cut off and the request is retried, for a new answer or for a continuation of the text so far. None of its calls was run
   * or reported.
   */
  | {
    readonly type: "answer-cut"
    readonly mode: CutAnswer
    /** Whether some of its text has been reported. */
    readonly hasText: boolean
    /** Why it was cut off. */
    readonly message: string
    /** It reached its token limit. An answer is continued once per turn for this reason, but never inside a tool call. */
    readonly isLimit?: true
  }
  /** A background command has ended, which the model learns with the next request. Screens that watch the session's tasks know it before. */
  | {
    readonly type: "task-ended"
    readonly id: string
    /** The command, on one line. */
    readonly title: string
    /** `exit code 0`, `killed by SIGKILL`, `ended by the user`. */
    readonly ending: string
    readonly ok: boolean
  }
  /** The model is overloaded, and this one (its configured name) answers for the rest of the turn. A notice says so. */
  | { readonly type: "fallback"; readonly model: string }
  /** The provider waits before it retries a request. The next event ends the wait. */
  | { readonly type: "waiting" } & Wait
  /** The older part of the conversation is about to be summarized, because the context is nearly full. */
  | { readonly type: "compacting" }
  /** Information for the user, for example that older turns were compacted. */
  | { readonly type: "notice"; readonly text: string }
  | {
    readonly type: "finished"
    /** `steps`: the limit of steps was reached. Otherwise the model's stop reason. */
    readonly reason: "stop" | "length" | "content-filter" | "error" | "other" | "unknown" | "steps"
    /** The last answer has no text, and if the reason is `stop`, no tool has run either. */
    readonly isEmpty?: true
    /** The tool whose call was cut off at the token limit. The call was not run. */
    readonly cutCall?: string
    /** Why the provider stopped the answer, in sentences, if the reason is `content-filter` and the provider says it. */
    readonly why?: string
    /** The requests of the whole turn. */
    readonly spending: Spending
    readonly steps: number
    /** The provider's metadata of the last answer, under the provider's key. */
    readonly metadata: Response.FinishPart["metadata"]
  }
  | { readonly type: "failed"; readonly error: AiError.AiError | SessionError; readonly spending: Spending }
