/**
 * Checks that an image is complete, and reads its size.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { gif } from "./internal/gif.ts"
import type { Measure } from "./internal/imageFile.ts"
import { jpeg } from "./internal/jpeg.ts"
import { png } from "./internal/png.ts"
import { webp } from "./internal/webp.ts"
import * as MediaType from "./MediaType.ts"

/**
 * The supported formats.
 *
 * @since 0.1.0
 * @category models
 */
export type Format = "png" | "jpeg" | "gif" | "webp"

/**
 * A complete image. Width and height are in pixels.
 *
 * @since 0.1.0
 * @category models
 */
export interface Image {
  readonly format: Format
  readonly width: number
  readonly height: number
}

/**
 * Size limits: bytes of the file, and pixels of the longer side.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  readonly bytes: number
  readonly side: number
}

const measures: { readonly [type: string]: readonly [Format, Measure] } = {
  "image/png": ["png", png],
  "image/jpeg": ["jpeg", jpeg],
  "image/gif": ["gif", gif],
  "image/webp": ["webp", webp]
}

/**
 * Detects the format and reads the size of an image. The left side says what is wrong with it, as the end of a sentence (`it is truncated`). The
 * structure is checked from the first byte to the last, except for what only decoding the pixels would show.
 *
 * @since 0.1.0
 * @category queries
 */
export const inspect = (bytes: Uint8Array): Either.Either<Image, string> => {
  const found = measures[MediaType.of(bytes) ?? ""]
  if (found === undefined) return Either.left("it is not a PNG, JPEG, GIF or WebP image")
  const [format, measure] = found
  return Either.try({
    // Reading beyond the end of a buffer throws.
    try: () => measure(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
    catch: () => "it is truncated"
  }).pipe(
    Either.flatMap((size) => {
      if (typeof size === "string") return Either.left(size)
      return size.width > 0 && size.height > 0
        ? Either.right({ format, ...size })
        : Either.left(`it is ${size.width} × ${size.height} pixels`)
    })
  )
}

/**
 * Why a file can't be used: its size and the limit, both in bytes.
 *
 * @example `it is 5.0 MB; the limit is 3.75 MB`
 *
 * @since 0.1.0
 * @category rendering
 */
export const describeTooLarge = (size: number, limit: number): string => {
  if (limit < 1_000_000) return `it is ${count(size)} bytes; the limit is ${count(limit)} bytes`
  // Rounded up, so that it is never shown as equal to the limit.
  const megabytes = (value: number): string => `${(Math.ceil(value / 10_000) / 100).toFixed(2).replace(/0$/, "")} MB`
  return `it is ${megabytes(size)}; the limit is ${megabytes(limit)}`
}

const count = (value: number): string => value.toLocaleString("en-US")

/**
 * Why an image can't be used, as the end of a sentence.
 *
 * @since 0.1.0
 * @category models
 */
export interface Problem {
  readonly reason: "TooLarge" | "Broken"
  readonly why: string
}

/**
 * Why an image can't be used within these limits; `undefined` if it can.
 *
 * @since 0.1.0
 * @category queries
 */
export const findProblem = (bytes: Uint8Array, limits: Limits): Problem | undefined => {
  if (bytes.length > limits.bytes) {
    return { reason: "TooLarge", why: describeTooLarge(bytes.length, limits.bytes) }
  }
  return Either.match(inspect(bytes), {
    onLeft: (why) => ({ reason: "Broken", why }),
    onRight: ({ height, width }) =>
      Math.max(width, height) > limits.side
        ? {
          reason: "TooLarge",
          why: `it is ${width} × ${height} pixels; at most ${limits.side} per side are allowed`
        }
        : undefined
  })
}
