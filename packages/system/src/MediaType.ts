/**
 * What a file is by its first bytes: its name and whoever sends it may say anything.
 *
 * @since 0.1.0
 */

/**
 * The images and documents that can be told by their bytes.
 *
 * @since 0.1.0
 * @category models
 */
export type MediaType = "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf"

const signatures: ReadonlyArray<readonly [type: MediaType, begins: RegExp]> = [
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
  ["application/pdf", /^%PDF-/]
]

/**
 * The media type by the signature at the beginning; `undefined` for everything else, text included.
 *
 * @since 0.1.0
 * @category queries
 */
export const of = (bytes: Uint8Array): MediaType | undefined => {
  const start = String.fromCharCode(...bytes.subarray(0, 12))
  return signatures.find(([, begins]) => begins.test(start))?.[0]
}
