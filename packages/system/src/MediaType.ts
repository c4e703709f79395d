/**
 * Detects media types by the first bytes of a file, since names and declared types can be wrong.
 *
 * @since 0.1.0
 */

/**
 * The types that can be detected.
 *
 * @since 0.1.0
 * @category models
 */
export type MediaType = "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf"

const signatures: ReadonlyArray<readonly [type: MediaType, matches: (start: string) => boolean]> = [
  ["image/png", (start) => start.startsWith("\u0089PNG\r\n\u001a\n")],
  ["image/jpeg", (start) => start.startsWith("\u00ff\u00d8\u00ff")],
  ["image/gif", (start) => /^GIF8[79]a/.test(start)],
  ["image/webp", (start) => /^RIFF[^]{4}WEBP/.test(start)],
  ["application/pdf", (start) => start.startsWith("%PDF-")]
]

/**
 * The media type by the signature at the beginning; `undefined` for everything else, including text.
 *
 * @since 0.1.0
 * @category queries
 */
export const of = (bytes: Uint8Array): MediaType | undefined => {
  const start = String.fromCharCode(...bytes.subarray(0, 12))
  return signatures.find(([, matches]) => matches(start))?.[0]
}
