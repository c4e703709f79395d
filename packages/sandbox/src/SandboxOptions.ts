/**
 * How a sandbox behaves.
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"
import type { ModelLists } from "./ModelLists.ts"
import type { Script } from "./Script.ts"

/**
 * A key pair whose signatures are accepted. With a `sessionToken`, requests must contain exactly this token.
 *
 * @since 0.1.0
 * @category models
 */
export interface AwsKey {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string>
  readonly sessionToken?: Redacted.Redacted<string>
  readonly region: string
  /** The service name in signatures; default: `bedrock`. */
  readonly service?: string
}

/**
 * The options of a sandbox. By default it answers every request for every model, on any free port.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: 0, which means any free port. */
  readonly port?: number
  /** The path before `/model/…`, for example `/bedrock/v1`; slashes at its ends are ignored. Default: none. */
  readonly prefix?: string
  /** The accepted credentials. Default: authorization is not checked. */
  readonly auth?: {
    readonly bearer?: ReadonlyArray<Redacted.Redacted<string>>
    readonly sigv4?: ReadonlyArray<AwsKey>
  }
  /** The accepted model IDs and ARNs. Default: all. */
  readonly models?: ReadonlyArray<string>
  /** The IDs of models that are overloaded: every request to them gets a 429. */
  readonly overloaded?: ReadonlyArray<string>
  /** The lists of models. Default: none, as behind most gateways. */
  readonly lists?: ModelLists
  /**
   * How converse-stream is answered. `events`, the default: as events; `buffered`: all events together at the end; `json`: like converse; `only`: as
   * events, while converse gets an empty response.
   */
  readonly streaming?: "events" | "buffered" | "json" | "only"
  /** Names of forbidden fields. A request with one of them, at any depth, is refused with a `ValidationException` that names the first. */
  readonly refuse?: ReadonlyArray<string>
  /**
   * The guardrails of the account. A request with another one is refused with a `ValidationException`; with `isRequired`, a request without one
   * with an `AccessDeniedException`. Default: every guardrail is accepted and none is required.
   */
  readonly guardrails?: {
    readonly known: ReadonlyArray<{ readonly id: string; readonly version: string }>
    readonly isRequired?: boolean
  }
  /** Whether responses have the trace of a guardrail. Default: yes. A gateway that removes guardrails from requests gets no trace. */
  readonly tracesGuardrails?: boolean
  /** Additional headers for every response. */
  readonly headers?: { readonly [name: string]: string }
  /** The answers. Default: an answer that is made from the request and is the same for the same request. */
  readonly script?: Script
}
