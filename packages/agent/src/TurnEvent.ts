/**
 * What happens in a turn, for whoever shows it: the command, the screen, a program.
 *
 * @since 0.1.0
 */
import type * as AiError from "@effect/ai/AiError"
import type * as Response from "@effect/ai/Response"
import type { CutAnswer } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"
import type { Wait } from "./Wait.ts"

/**
 * Tokens, as the model's provider reports them. `input` is without the cache; a count that was not reported is 0.
 *
 * @since 0.1.0
 * @category models
 */
export interface Usage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/**
 * How a call ended.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "ok" | "failed" | "denied" | "interrupted"

/**
 * In the order of a turn: for each step pieces of reasoning and text, then its calls (`tool-asked` for each, once the answer is in
 * the session's file, `tool-allowed`, `tool-running`, `tool-done`), then the step's `usage`. The last event is `finished` or
 * `failed`; nothing comes after it, and the stream itself never fails. An interrupted turn just ends.
 *
 * @since 0.1.0
 * @category models
 */
export type TurnEvent =
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "text"; readonly text: string }
  | {
    readonly type: "tool-asked"
    readonly id: string
    readonly name: string
    /** In one line, e.g. `npm test`. */
    readonly title: string
    readonly params: unknown
  }
  | { readonly type: "tool-allowed"; readonly id: string; readonly because: string }
  | { readonly type: "tool-running"; readonly id: string }
  | {
    readonly type: "tool-done"
    readonly id: string
    readonly name: string
    readonly title: string
    readonly outcome: Outcome
    /** In a few words. */
    readonly summary: string
    /** What the model was given, as text. */
    readonly output: string
    readonly diff?: string
  }
  | {
    readonly type: "usage"
    /** Of this step. */
    readonly step: Usage
    /** Tokens of the context that the next request starts with. */
    readonly context: number
  }
  /**
   * The answer broke off, and the model is asked again: for another answer in its place, or to continue after its text so far. None of its
   * calls was run, or reported.
   */
  | {
    readonly type: "answer-cut"
    readonly mode: CutAnswer
    /** Has any of its text been reported? */
    readonly hasText: boolean
    /** Why it broke off. */
    readonly message: string
  }
  /** The provider waits before it sends a request again. The wait is over with the next event, or at its end. */
  | { readonly type: "waiting" } & Wait
  /** What a person should know though nothing failed, e.g. that older turns were summarised. */
  | { readonly type: "notice"; readonly text: string }
  | {
    readonly type: "finished"
    /** `steps`: stopped at the limit of steps. Otherwise the model's own reason. */
    readonly reason: "stop" | "length" | "content-filter" | "error" | "other" | "unknown" | "steps"
    /** The last answer holds no text, and with `stop` no tool has run: there is no answer. */
    readonly isEmpty?: true
    /** Of the whole turn. */
    readonly usage: Usage
    readonly steps: number
    /** What the model's provider says of the last answer besides, under the provider's own key. */
    readonly metadata: Response.FinishPart["metadata"]
  }
  | { readonly type: "failed"; readonly error: AiError.AiError | SessionError; readonly usage: Usage }
