/**
 * The limits of Bedrock for images and documents.
 *
 * @since 0.1.0
 */
import type * as Image from "@altimate-code/system/Image"

/**
 * Limits for the attachments of a request.
 *
 * @since 0.1.0
 * @category models
 */
export interface AttachmentLimits {
  /** For each image: its size in bytes and its longer side in pixels. */
  readonly image: Image.Limits
  /** The number of images in a request. */
  readonly images: number
  /** The size of each document. */
  readonly documentBytes: number
  /** The number of documents in a request. */
  readonly documents: number
}

/**
 * The limits of Converse. Source: the Bedrock API reference, `Message`.
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
