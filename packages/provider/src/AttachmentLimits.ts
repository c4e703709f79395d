/**
 * What Bedrock takes of images and documents.
 *
 * @since 0.1.0
 */
import type * as Image from "@altimate-code/system/Image"

/**
 * @since 0.1.0
 * @category models
 */
export interface AttachmentLimits {
  /** Of each image: bytes of the file, pixels of the longer side. */
  readonly image: Image.Limits
  /** In a whole request. */
  readonly images: number
  /** Of each document. */
  readonly documentBytes: number
  /** In a whole request. */
  readonly documents: number
}

/**
 * The limits of Converse, over the whole request. Source: the Bedrock API reference, `Message`.
 *
 * @since 0.1.0
 * @category limits
 */
export const attachmentLimits: AttachmentLimits = {
  image: { bytes: 3_750_000, side: 8000 },
  images: 20,
  documentBytes: 4_500_000,
  documents: 5
}
