/** Building blocks of the file's schemas. */
import * as Schema from "effect/Schema"

/** A setting that may be absent. Its schema is made when it is needed: most files have few of the settings, and every command checks its files. */
export const optional = <A, I>(schema: () => Schema.Schema<A, I>) =>
  Schema.optionalWith(Schema.suspend(schema), { exact: true })

export const text = (description: string) => optional(() => Schema.String.annotations({ description }))

export const record = <A, I>(value: Schema.Schema<A, I>, description: string) =>
  Schema.Record({ key: Schema.String, value }).annotations({ description })

/** Above 0. */
export const Whole = Schema.Number.pipe(
  Schema.filter((value) => Number.isInteger(value) && value > 0, {
    title: "a whole number above 0",
    jsonSchema: { type: "integer", exclusiveMinimum: 0 }
  })
)

export const count = (description: string) =>
  optional(() => Whole.annotations({ jsonSchema: { type: "integer", exclusiveMinimum: 0, description } }))

/** US dollars, above 0. */
export const dollars = (description: string) =>
  optional(() =>
    Schema.Number.pipe(
      Schema.filter((value) => Number.isFinite(value) && value > 0, {
        title: "a number above 0",
        jsonSchema: { type: "number", exclusiveMinimum: 0, description }
      })
    )
  )

/** A number of tokens. Some tools write 0 for an unknown limit. */
export const tokens = (description: string) =>
  optional(() =>
    Schema.Number.pipe(
      Schema.filter((value) => Number.isInteger(value) && value >= 0, {
        title: "a whole number",
        jsonSchema: { type: "integer", minimum: 0, description: `${description} 0: unknown.` }
      })
    )
  )

export const flag = (description: string) => optional(() => Schema.Boolean.annotations({ description }))
