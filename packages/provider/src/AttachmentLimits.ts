/**
 * Bedrock's limits for images and documents.
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
  /** The maximum size of each image, in bytes and in pixels of the longer side. */
  readonly image: Image.Limits
  /** The maximum number of images in a request. */
  readonly images: number
  /** The maximum size of each document. */
  readonly documentBytes: number
  /** The maximum number of documents in a request. */
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
