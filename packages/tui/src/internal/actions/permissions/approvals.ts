import { type Answer, Approver } from "@altimate-code/agent/permission/Approver"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { Display } from "../display.ts"

/** Asks the user about tool calls. */
export const make = Effect.gen(function*() {
  const { mask, send } = yield* Display
  const open = yield* Ref.make(HashMap.empty<string, Deferred.Deferred<Answer>>())

  return {
    approver: Approver.of({
      ask: (question) =>
        Effect.gen(function*() {
          const answer = yield* Deferred.make<Answer>()
          yield* Ref.update(open, HashMap.set(question.id, answer))
          yield* send({ type: "question-asked", question: mask(question) })
          return yield* Deferred.await(answer)
        }).pipe(
          Effect.ensuring(Effect.zipRight(
            Ref.update(open, HashMap.remove(question.id)),
            send({ type: "question-withdrawn", id: question.id })
          ))
        )
    }),
    answer: (id: string, answer: Answer) =>
      Effect.flatMap(Ref.get(open), (questions) =>
        Option.match(HashMap.get(questions, id), {
          onNone: () => Effect.void,
          onSome: (question) => Effect.asVoid(Deferred.succeed(question, answer))
        }))
  }
})
