/**
 * Limits for images and documents that tools or the user attach.
 *
 * @since 0.1.0
 */
import * as Image from "@altimate-code/system/Image"
import * as MediaType from "@altimate-code/system/MediaType"
import * as Context from "effect/Context"

/**
 * The provider's limits for each image, the maximum number of images in a request, and the maximum size of each document.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  readonly image: Image.Limits
  readonly images: number
  readonly documentBytes: number
}

/**
 * The limits of the model's provider. The defaults are accepted by all common providers.
 *
 * @since 0.1.0
 * @category services
 */
export class AttachmentLimits extends Context.Reference<AttachmentLimits>()("@altimate-code/agent/AttachmentLimits", {
  defaultValue: (): Limits => ({ image: { bytes: 3_750_000, side: 8000 }, images: 20, documentBytes: 4_500_000 })
}) {}

/**
 * Why a file can't be attached. `why` is a clause that follows a colon, `remedy` a complete sentence.
 *
 * @since 0.1.0
 * @category models
 */
export interface Problem {
  readonly why: string
  readonly remedy: string
}

/**
 * The problem of an image with more bytes than the limit, for a file that is not loaded.
 *
 * @since 0.1.0
 * @category queries
 */
export const tooLarge = (bytes: number, limit: number): Problem => ({
  why: Image.describeTooLarge(bytes, limit),
  remedy: "Make a smaller copy first."
})

/**
 * Checks an image or a PDF, whose type is detected from the bytes. Returns `undefined` if it can be attached.
 *
 * @since 0.1.0
 * @category queries
 */
export const findProblem = (bytes: Uint8Array, limits: Limits): Problem | undefined => {
  if (MediaType.of(bytes) === "application/pdf") {
    return bytes.length <= limits.documentBytes ? undefined : {
      why: Image.describeTooLarge(bytes.length, limits.documentBytes),
      remedy: "Split it, or extract its text first."
    }
  }
  const found = Image.findProblem(bytes, limits.image)
  return found && {
    why: found.why,
    remedy: found.reason === "TooLarge" ? "Make a smaller copy first." : "The file is damaged: use another copy."
  }
}
