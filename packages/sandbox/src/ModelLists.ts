/**
 * The lists of models that a sandbox answers.
 *
 * @since 0.1.0
 */

/**
 * A foundation model of ListFoundationModels.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListedModel {
  readonly id: string
  /** Default: the ID. */
  readonly name?: string
  /** Default: text. An embedding model has `EMBEDDING`. */
  readonly output?: ReadonlyArray<"TEXT" | "IMAGE" | "EMBEDDING">
  /** How requests can name it. Default: on demand. `INFERENCE_PROFILE` alone: only through a profile. */
  readonly inference?: ReadonlyArray<"ON_DEMAND" | "INFERENCE_PROFILE" | "PROVISIONED">
  /** Default: ACTIVE. With `end`, an ISO 8601 date. */
  readonly lifecycle?: "ACTIVE" | "LEGACY"
  readonly end?: string
  /** What GetFoundationModelAvailability answers. Default: true. */
  readonly access?: boolean
}

/**
 * An inference profile of ListInferenceProfiles.
 *
 * @since 0.1.0
 * @category models
 */
export interface ListedProfile {
  /** For example `us.anthropic.claude-sonnet-4-6`; of an application profile the last part of its ARN. */
  readonly id: string
  readonly name: string
  /** The IDs of its models. */
  readonly models: ReadonlyArray<string>
  /** Default: SYSTEM_DEFINED. */
  readonly type?: "SYSTEM_DEFINED" | "APPLICATION"
}

/**
 * The lists. A list that is absent gets the 404 of an unknown operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface ModelLists {
  /** AWS's control plane, below the prefix. */
  readonly controlPlane?: {
    readonly models: ReadonlyArray<ListedModel>
    readonly profiles?: ReadonlyArray<ListedProfile>
    /** The maximum number of profiles in a page. Default: 1000, as in AWS. */
    readonly pageSize?: number
    /** Operations that are refused with an AccessDeniedException. */
    readonly denied?: ReadonlyArray<"foundation-models" | "inference-profiles" | "foundation-model-availability">
  }
  /** The IDs of a gateway's own list, `/v1/models` and `/models` at the root, in the format of LiteLLM. */
  readonly gateway?: ReadonlyArray<string>
}
