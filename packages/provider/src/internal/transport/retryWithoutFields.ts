/** Sends a request again without each field that is refused by name. */
import type { Droppable } from "@altimate-code/config/Gateway"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { BedrockError } from "../../BedrockError.ts"
import { refusedField } from "../failure/refusedField.ts"
import { dropFields } from "./dropFields.ts"

interface Refused {
  readonly field: Droppable
  readonly message: string
}

/** What is left out of requests: what the settings say, and what was refused since. */
export interface Dropping {
  readonly fields: Ref.Ref<ReadonlyArray<Droppable>>
  readonly notify: (notice: string) => Effect.Effect<void>
}

/**
 * `send` gets the request without these fields. Each field is left out once at most, so this ends. What was left out stays out once a
 * request without it was answered; where it did not help, the next request has it again.
 */
export const droppingRefused = <Request extends ConverseCommandInput, A, R>(
  { fields, notify }: Dropping,
  given: Request,
  send: (request: Request, drop: ReadonlyArray<Droppable>) => Effect.Effect<A, BedrockError, R>
): Effect.Effect<A, BedrockError, R> => {
  const remember = (refused: ReadonlyArray<Refused>) =>
    Effect.forEach(refused, ({ field, message }) =>
      Ref.modify(fields, (before) => {
        const isNew = !before.includes(field)
        const all = isNew ? [...before, field] : before
        return [isNew ? notify(notice(field, message, all)) : Effect.void, all] as const
      }).pipe(Effect.flatten), { discard: true })

  const attempt = (
    drop: ReadonlyArray<Droppable>,
    refused: ReadonlyArray<Refused>
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
      own: namesIn(request.additionalModelRequestFields)
    })
    : Option.none()

/** The names of fields in a value, those of its members included. */
const namesIn = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...namesIn(inner)])

const notice = (field: Droppable, message: string, all: ReadonlyArray<Droppable>): string =>
  `Requests are sent without ${field}, which was refused (${message}). To leave it out from the start, set options.drop to [${
    all.map((name) => `"${name}"`).join(", ")
  }].`
