/** Retries a request without each field that is refused by name. */
import type { Droppable } from "@altimate-code/config/Gateway"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { BedrockError } from "../../BedrockError.ts"
import type { Notice } from "../../Notice.ts"
import { refusedField } from "../failure/refusedField.ts"
import { dropFields } from "./dropFields.ts"

interface RefusedField {
  readonly field: Droppable
  readonly message: string
}

export interface Dropping {
  /** The fields that are left out of requests: the configured ones and those that were refused. */
  readonly fields: Ref.Ref<ReadonlyArray<Droppable>>
  readonly notify: (notice: Notice) => Effect.Effect<void>
}

/**
 * Calls `send` with the request without the dropped fields. Each field is dropped at most once, so this ends. A field stays dropped
 * once a request without it succeeded; otherwise the next request includes it again.
 */
export const retryWithoutFields = <Request extends ConverseCommandInput, A, R>(
  { fields, notify }: Dropping,
  given: Request,
  send: (request: Request, drop: ReadonlyArray<Droppable>) => Effect.Effect<A, BedrockError, R>
): Effect.Effect<A, BedrockError, R> => {
  const remember = (refused: ReadonlyArray<RefusedField>) =>
    Effect.forEach(refused, ({ field, message }) =>
      Ref.modify(fields, (before) => {
        if (before.includes(field)) return [Effect.void, before] as const
        const dropped = [...before, field]
        const report = Effect.zipRight(
          Effect.annotateLogs(Effect.logWarning("field left out of requests"), { field, because: message }),
          notify({ _tag: "FieldDropped", message, field, dropped })
        )
        return [report, dropped] as const
      }).pipe(Effect.flatten), { discard: true })

  const attempt = (
    drop: ReadonlyArray<Droppable>,
    refused: ReadonlyArray<RefusedField>
  ): Effect.Effect<A, BedrockError, R> =>
    Effect.suspend(() => {
      const request = dropFields(given, drop)
      return send(request, drop).pipe(
        Effect.tap(() => remember(refused)),
        Effect.catchAll((error) =>
          Option.match(fieldOf(error, request), {
            onNone: () => Effect.fail(error),
            onSome: (field) => attempt([...drop, field], [...refused, { field, message: error.message }])
          })
        )
      )
    })

  return Effect.flatMap(Ref.get(fields), (drop) => attempt(drop, []))
}

const fieldOf = (error: BedrockError, request: ConverseCommandInput): Option.Option<Droppable> =>
  error.reason === "Validation" && (error.status !== undefined || error.type !== undefined)
    ? refusedField(error, {
      isSent: (field) => dropFields(request, [field]) !== request,
      ofModel: namesIn(request.additionalModelRequestFields)
    })
    : Option.none()

/** The names of all fields in a value, nested ones included. */
const namesIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...namesIn(inner)])
