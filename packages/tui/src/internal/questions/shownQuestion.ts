import type { Question } from "@altimate-code/agent/permission/Approver"

/** The part of a question that a frame shows. */
export interface ShownQuestion {
  readonly question: Question
  /** The content's lines from `start` up to, but not including, `end`. */
  readonly start: number
  readonly end: number
  /** The frame shows the patterns that "always" would allow. */
  readonly showsPatterns: boolean
}

/** The same, with the size of the terminal that the frame was made for. */
export interface QuestionFrame extends ShownQuestion {
  readonly columns: number
  readonly rows: number
}
