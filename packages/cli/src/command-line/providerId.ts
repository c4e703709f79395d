/** The name of a provider, where a command takes one. There is only one, but other tools ask which. */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CliError } from "./failure/CliError.ts"

/** The provider that there is. */
export const amazonBedrock = "amazon-bedrock"

/** `PROVIDER` */
export const providerArgument = Args.text({ name: "provider" }).pipe(
  Args.withDescription(`The provider: ${amazonBedrock} is the only one.`),
  Args.optional
)

/** `--provider PROVIDER` */
export const providerOption = Options.text("provider").pipe(
  Options.withAlias("p"),
  Options.withPseudoName("PROVIDER"),
  Options.withDescription("The provider, as an option."),
  Options.optional
)

/** Fails with another provider's name; `hint` is what the user may have meant by it. */
export const requireBedrock = (given: ReadonlyArray<Option.Option<string>>, hint = "") => {
  const other = given.flatMap(Option.toArray).find((name) => name !== amazonBedrock)
  return other === undefined ? Effect.succeed(amazonBedrock) : new CliError({
    reason: "Usage",
    message: `There is no provider ${JSON.stringify(other)}: ${amazonBedrock} is the only one.`,
    hint: hint || `Write ${amazonBedrock}, or leave it out.`
  })
}
