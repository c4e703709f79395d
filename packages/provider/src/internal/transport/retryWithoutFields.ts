/** Retries a request without the fields that were refused. */
import type { Droppable } from "@altimate-code/config/Gateway"
import { logReported } from "@altimate-code/system/logging/DecisionLevel"
import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { BedrockError } from "../../BedrockError.ts"
import type { Notice } from "../../Notice.ts"
import { refusedField } from "../failure/refusedField.ts"
import { dropFields, modelFields } from "./dropFields.ts"

interface RefusedField {
  readonly field: Droppable
  readonly message: string
}

export interface DroppedFields {
  /** The fields that requests omit: the configured ones and those that were refused. */
  readonly fields: Ref.Ref<ReadonlyArray<Droppable>>
  readonly notify: (notice: Notice) => Effect.Effect<void>
}

/**
 * Calls `send` with the request, except the omitted fields. If another field is refused, retries without it; each field is dropped at most
 * once. Later requests omit the field only if this request succeeds.
 */
export const retryWithoutFields = <Request extends ConverseCommandInput, A, R>(
  { fields, notify }: DroppedFields,
  original: Request,
  send: (request: Request, drop: ReadonlyArray<Droppable>) => Effect.Effect<A, BedrockError, R>
): Effect.Effect<A, BedrockError, R> => {
  const remember = (refused: ReadonlyArray<RefusedField>) =>
    Effect.forEach(refused, ({ field, message }) =>
      Ref.modify(fields, (before) => {
        if (before.includes(field)) return [Effect.void, before] as const
        const dropped = [...before, field]
        const report = Effect.zipRight(
          Effect.annotateLogs(logReported(LogLevel.Warning, "field left out of requests"), { field, because: message }),
          notify({ _tag: "FieldDropped", message, field, dropped })
        )
        return [report, dropped] as const
      }).pipe(Effect.flatten), { discard: true })

  const attempt = (
    drop: ReadonlyArray<Droppable>,
    refused: ReadonlyArray<RefusedField>
  ): Effect.Effect<A, BedrockError, R> =>
    Effect.suspend(() => {
      const request = dropFields(original, drop)
      return send(request, drop).pipe(
        Effect.tap(() => remember(refused)),
        Effect.catchAll((error) =>
          Option.match(findRefusedField(error, request), {
            onNone: () => Effect.fail(error),
            onSome: (field) => attempt([...drop, field], [...refused, { field, message: error.message }])
          })
        )
      )
    })

  return Effect.flatMap(Ref.get(fields), (drop) => attempt(drop, []))
}

/** A guardrail protects the user's organization, so only the user may leave it out. */
const neverDropped: ReadonlySet<Droppable> = new Set(["guardrailConfig"])

const findRefusedField = (error: BedrockError, request: ConverseCommandInput): Option.Option<Droppable> =>
  error.reason === "Validation" && (error.status !== undefined || error.type !== undefined)
    ? refusedField(error, {
      isSent: (field) => !neverDropped.has(field) && dropFields(request, [field]) !== request,
      modelFields: listModelFields(request.additionalModelRequestFields)
    })
    : Option.none()

/** The names of the model's own fields, each with the field to drop if it is refused. */
const listModelFields = (fields: unknown): ReadonlyArray<readonly [name: string, field: Droppable]> =>
  Object.entries(fields ?? {}).flatMap(([name, inner]) => {
    const field = modelFields.has(name) ? name as Droppable : "additionalModelRequestFields"
    return [
      [name, field] as const,
      ...listNames(inner).map((inner) => [inner, inner === "display" && name === "thinking" ? inner : field] as const)
    ]
  })

/** The names of all fields in a value, nested ones included. */
const listNames = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...listNames(inner)])
