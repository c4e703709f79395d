/**
 * Interprets a {@link BedrockError}: its status, its exception name and the sentences of the response.
 *
 * @since 0.1.0
 */
import type { Droppable } from "@altimate-code/config/Gateway"
import type * as Option from "effect/Option"
import type { BedrockError } from "./BedrockError.ts"
import { type NginxProblem, nginxProblem } from "./internal/failure/body/nginxPage.ts"
import * as ModelProblem from "./internal/failure/modelProblem.ts"
import * as Reason from "./internal/failure/reason.ts"
import * as RefusedField from "./internal/failure/refusedField.ts"
import * as RetryAfter from "./internal/transport/retryAfter.ts"

/**
 * The message of a failure and all sentences of its response, one per line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const textOf = ({ message, sentences = [] }: Pick<BedrockError, "message" | "sentences">): string =>
  [message, ...sentences].join("\n")

/**
 * The problem with the model's ID: `on-demand` if it needs an inference profile, `invalid` if the service does not know it, `not-found` if
 * its URL does not exist. `undefined` if the failure is not about the model.
 *
 * @since 0.1.0
 * @category reading
 */
export const modelProblem: (error: BedrockError) => ModelProblem.ModelProblem | undefined = ModelProblem.modelProblem

/**
 * The request field that the service refuses, if the response names it and requests can be sent without it.
 *
 * @since 0.1.0
 * @category reading
 */
export const refusedField = (error: BedrockError): Option.Option<Droppable> => RefusedField.refusedField(error)

/**
 * Whether the refused credential has expired.
 *
 * @since 0.1.0
 * @category reading
 */
export const isExpired = (error: BedrockError): boolean => Reason.isExpired(error.type, textOf(error))

/**
 * Whether the URL has no Converse operation at all, as opposed to an unknown model.
 *
 * @since 0.1.0
 * @category reading
 */
export const isWrongPath = ({ message, status, type }: BedrockError): boolean =>
  type === "UnknownOperationException" || Reason.isUnknownPath(message)
  || (type === undefined && (status === 404 || status === 405 || status === 501))

/**
 * The period of an exhausted quota, if it is a day or longer: `day`, `week` or `month`.
 *
 * @since 0.1.0
 * @category reading
 */
export const quotaPeriod = ({ message }: BedrockError): string | undefined => RetryAfter.longQuotaPeriod(message)

/**
 * The problem that nginx and similar servers report with an error page or a nonstandard status: a missing client certificate, plain HTTP on
 * a TLS port, or request headers that are too large.
 *
 * @since 0.1.0
 * @category reading
 */
export const serverProblem = (error: BedrockError): NginxProblem | undefined =>
  nginxProblem(error.status, textOf(error))
