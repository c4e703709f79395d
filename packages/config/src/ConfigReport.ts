/**
 * What was found in the configuration files, for commands that show it.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import type { Origin, Scope } from "./Origin.ts"
import type * as TrustedFiles from "./trust/TrustedFiles.ts"

/**
 * A path where a configuration file was looked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface SearchedFile {
  readonly path: string
  readonly scope: Scope
  readonly found: boolean
}

/**
 * A leaf of the merged file, that is, a value that is not an object. `value` is as written, including `{env:…}` and `{file:…}`, with secrets
 * masked, so it can be shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface Leaf {
  readonly key: string
  readonly value: unknown
  readonly origin: Origin
}

/**
 * A setting that has no effect here.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownSetting {
  readonly key: string
  readonly origin: Origin
  /** A remark, if it is another tool's setting. */
  readonly note: Option.Option<string>
  /** False if nothing is lost without the setting. */
  readonly isMissed: boolean
  /** The setting that was probably meant. */
  readonly suggestion: Option.Option<string>
}

/**
 * A project file, in the version that was read, with changes that `TrustPolicy` does not apply until the user trusts the file.
 *
 * @since 0.1.0
 * @category models
 */
export interface UntrustedFile extends TrustedFiles.Version {
  /** The withheld changes; `why` says what a stranger could do with each. */
  readonly changes: ReadonlyArray<Leaf & { readonly why: string }>
  /** Absolute paths of the project's other files that the file includes. They are part of the version. */
  readonly includes: ReadonlyArray<string>
}
