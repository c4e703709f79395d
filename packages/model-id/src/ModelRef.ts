/**
 * Model references as written in a configuration file or on the command line.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"

const provider = "amazon-bedrock"

/**
 * The reference does not name a model of Amazon Bedrock: the model ID is missing (`Empty`), or it names another provider (`OtherProvider`).
 *
 * @since 0.1.0
 * @category errors
 */
export class ModelRefError extends Schema.TaggedError<ModelRefError>("@altimate-code/model-id/ModelRefError")(
  "ModelRefError",
  {
    reason: Schema.Literal("Empty", "OtherProvider"),
    /** The reference as given. */
    input: Schema.String,
    message: Schema.String,
    /** What to write instead. */
    hint: Schema.String
  }
) {}

/**
 * The model ID in `amazon-bedrock/<model ID>`. A model ID or an ARN alone is accepted too. Only the first slash separates, so an ARN or a gateway's name
 * may contain slashes.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (ref: string): Either.Either<string, ModelRefError> => {
  const slash = ref.startsWith("arn:") ? -1 : ref.indexOf("/")
  const id = ref.slice(slash + 1)
  if (slash !== -1 && ref.slice(0, slash) !== provider) {
    return Either.left(
      new ModelRefError({
        reason: "OtherProvider",
        input: ref,
        message: `the model "${ref}" belongs to the provider "${ref.slice(0, slash)}", not to ${provider}`,
        hint:
          `Write ${provider}/<model ID>. If "${ref}" is your gateway's own name for a model, write ${provider}/${ref}.`
      })
    )
  }
  if (id.trim() === "") {
    return Either.left(
      new ModelRefError({
        reason: "Empty",
        input: ref,
        message: slash === -1 ? "the model is blank" : `the model "${ref}" has no model ID after ${provider}/`,
        hint: `Write ${provider}/<model ID>, for example ${provider}/anthropic.claude-sonnet-4-6-v1.`
      })
    )
  }
  return Either.right(id)
}
