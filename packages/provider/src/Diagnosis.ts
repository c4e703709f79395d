/**
 * What the response behind a {@link BedrockError} says, read from its status, its exception name and its sentences.
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
 * All text of a failure: its message and every sentence of the response, one per line.
 *
 * @since 0.1.0
 * @category rendering
 */
export const textOf = ({ message, sentences = [] }: Pick<BedrockError, "message" | "sentences">): string =>
  [message, ...sentences].join("\n")

/**
 * What is wrong with the model's ID: `on-demand` if it needs an inference profile, `invalid` if the service does not
 * know it, `not-found` if nothing answered at its URL. `undefined` if the failure is not about the model.
 *
 * @since 0.1.0
 * @category reading
 */
export const modelProblem: (error: BedrockError) => ModelProblem.ModelProblem | undefined = ModelProblem.modelProblem

/**
 * The request field that the service refuses, if it names one that requests can do without.
 *
 * @since 0.1.0
 * @category reading
 */
export const refusedField = (error: BedrockError): Option.Option<Droppable> => RefusedField.refusedField(error)

/**
 * Whether the refused credential was valid once and has expired.
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
 * The problem that nginx and similar servers describe in an error page or by a status of their own: a missing client
 * certificate, plain HTTP on a TLS port, or request headers that are too large.
 *
 * @since 0.1.0
 * @category reading
 */
export const serverProblem = (error: BedrockError): NginxProblem | undefined =>
  nginxProblem(error.status, textOf(error))
