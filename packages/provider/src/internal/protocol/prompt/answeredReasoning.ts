/**
 * Remembers the signatures of reasoning. `Prompt.fromResponseParts` of `@effect/ai` 0.37, which `Chat` uses, discards the metadata of parts, but
 * a request that continues a turn is refused without the signatures. So the last answers of a model are recognized by their content.
 */
import * as Prompt from "@effect/ai/Prompt"
import type * as Response from "@effect/ai/Response"
import { createHash } from "node:crypto"

/** How many answers with reasoning are remembered. A turn rarely has more requests. */
const maxAnswers = 256

type Options = Prompt.ReasoningPart["options"]

/** The content of an answer that the prompt part retains. */
type Piece = readonly [type: "reasoning" | "text" | "tool-call", content: string]

const fingerprint = (pieces: ReadonlyArray<Piece>): string =>
  createHash("sha256").update(JSON.stringify(pieces)).digest("base64")

export interface AnsweredReasoning {
  /** Returns a function that is given the parts of one answer as they arrive, and returns them. */
  readonly makeRecorder: () => <Part extends Response.PartEncoded | Response.StreamPartEncoded>(part: Part) => Part
  /** Adds the metadata to reasoning without options in answers that are remembered. */
  readonly restore: (prompt: Prompt.Prompt) => Prompt.Prompt
}

export const make = (): AnsweredReasoning => {
  const answers = new Map<string, ReadonlyArray<Options>>()

  const makeRecorder: AnsweredReasoning["makeRecorder"] = () => {
    const pieces: Array<Piece> = []
    const reasoning: Array<Options> = []
    const open = new Map<string, string>()
    const add = (piece: Piece) => {
      if (piece[0] !== "text" || piece[1] !== "") pieces.push(piece)
    }
    const close = (type: "reasoning" | "text", id: string) => {
      add([type, open.get(id) ?? ""])
      open.delete(id)
    }
    const record = (part: Response.PartEncoded | Response.StreamPartEncoded): void => {
      switch (part.type) {
        case "text":
          return add([part.type, part.text])
        case "reasoning":
          reasoning.push(part.metadata ?? {})
          return add([part.type, part.text])
        case "tool-call":
          return add([part.type, part.id])
        case "text-start":
        case "reasoning-start":
          return void open.set(part.id, "")
        case "text-delta":
        case "reasoning-delta":
          return void open.set(part.id, (open.get(part.id) ?? "") + part.delta)
        case "text-end":
          return close("text", part.id)
        case "reasoning-end":
          reasoning.push(part.metadata ?? {})
          return close("reasoning", part.id)
        case "finish": {
          if (reasoning.length === 0) return
          answers.set(fingerprint(pieces), reasoning)
          if (answers.size > maxAnswers) answers.delete(answers.keys().next().value!)
        }
      }
    }
    return (part) => {
      record(part)
      return part
    }
  }

  const restoreMessage = (message: Prompt.Message): Prompt.Message => {
    if (message.role !== "assistant" || !message.content.some(isUnsigned)) return message
    const pieces = message.content.flatMap((part): ReadonlyArray<Piece> =>
      part.type === "reasoning" || (part.type === "text" && part.text !== "")
        ? [[part.type, part.text]]
        : part.type === "tool-call"
        ? [[part.type, part.id]]
        : []
    )
    const known = answers.get(fingerprint(pieces))?.values()
    return known === undefined ? message : Prompt.assistantMessage({
      ...message,
      content: message.content.map((part) => {
        if (part.type !== "reasoning") return part
        const options = known.next().value ?? {}
        return isUnsigned(part) ? Prompt.reasoningPart({ text: part.text, options }) : part
      })
    })
  }

  return {
    makeRecorder,
    restore: (prompt) => answers.size === 0 ? prompt : Prompt.fromMessages(prompt.content.map(restoreMessage))
  }
}

const isUnsigned = (part: Prompt.AssistantMessagePart): boolean =>
  part.type === "reasoning" && Object.keys(part.options).length === 0
