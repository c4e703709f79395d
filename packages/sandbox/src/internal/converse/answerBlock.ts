/** A block of an answer with everything decided. */
export type AnswerBlock =
  | { readonly type: "text"; readonly pieces: ReadonlyArray<string> }
  | { readonly type: "reasoning"; readonly pieces: ReadonlyArray<string>; readonly signature: string | undefined }
  | { readonly type: "redactedReasoning"; readonly data: string }
  | {
    readonly type: "toolUse"
    readonly toolUseId: string
    readonly name: string
    readonly pieces: ReadonlyArray<string>
    readonly isServerTool: boolean
  }
  | { readonly type: "toolResult"; readonly toolUseId: string; readonly text: string }
