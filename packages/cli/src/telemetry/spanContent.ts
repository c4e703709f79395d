/** Decides what leaves the program in spans. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Tracer from "effect/Tracer"

/** Attributes that never contain text of a prompt or an answer. Others, such as the parameters of a tool call, may. */
const isHarmless = (key: string): boolean =>
  key === "tool" || /^(gen_ai|http|url|server|error|aws|altimate_code)\./.test(key)

/** The class of a failure. Its message may contain text of a prompt or an answer. */
const nameOf = (error: unknown): string => {
  if (Predicate.hasProperty(error, "_tag") && typeof error._tag === "string") return error._tag
  return error instanceof Error ? error.name : "Error"
}

const withoutTexts = (exit: Exit.Exit<unknown, unknown>): Exit.Exit<unknown, unknown> => {
  if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return exit
  const name = nameOf(Option.getOrElse(Cause.failureOption(exit.cause), () => Cause.squash(exit.cause)))
  return Exit.fail(Object.assign(new Error(name), { name, stack: "" }))
}

/** A tracer whose spans have only harmless attributes, with masked values, and failures without their texts. */
export const limitContent = (tracer: Tracer.Tracer, mask: <A>(value: A) => A): Tracer.Tracer =>
  Tracer.make({
    context: tracer.context,
    span: (...args) => {
      const span = tracer.span(...args)
      const attribute = span.attribute.bind(span)
      const end = span.end.bind(span)
      return Object.assign(span, {
        attribute: (key: string, value: unknown) => {
          if (isHarmless(key)) attribute(key, mask(value))
        },
        end: (time: bigint, exit: Exit.Exit<unknown, unknown>) => end(time, withoutTexts(exit)),
        event: () => {}
      })
    }
  })
