/** The provider argument and option. Only one provider exists, but users of other tools are used to naming it. */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError } from "./failure/CliError.ts"
import { argument, option } from "./parameter.ts"

/** The only provider. */
export const amazonBedrock = "amazon-bedrock"

/** `PROVIDER` */
export const providerArgument = argument(Args.optional(Args.text({ name: "provider" })), {
  description: `The provider: ${amazonBedrock} is the only one.`,
  completes: [amazonBedrock]
})

/** `--provider PROVIDER` */
export const providerOption = option(
  Options.text("provider").pipe(Options.withAlias("p"), Options.withPseudoName("PROVIDER"), Options.optional),
  { description: "Same as [provider]." }
)

/** Fails if another provider is named. `hint` suggests what the user may have meant. */
export const requireBedrock = (given: ReadonlyArray<Option.Option<string>>, hint = "") => {
  const other = given.flatMap(Option.toArray).find((name) => name !== amazonBedrock)
  return other === undefined ? Effect.succeed(amazonBedrock) : new CliError({
    reason: "Usage",
    message: `There is no provider ${JSON.stringify(other)}: ${amazonBedrock} is the only one.`,
    hint: hint || `Write ${amazonBedrock}, or leave it out.`
  })
}
