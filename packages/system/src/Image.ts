/**
 * Whether the bytes of an image are a whole one, and how large it is.
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
 * The formats that are understood.
 *
 * @since 0.1.0
 * @category models
 */
export type Format = "png" | "jpeg" | "gif" | "webp"

/**
 * A whole image. Its sides are in pixels.
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
 * The largest image that somebody takes: bytes of the file, pixels of the longer side.
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
 * The format, by the bytes, and the size of an image. Fails with what is wrong with it, as the end of a sentence (`it ends too early`).
 * Its structure is checked from the first byte to the last, as far as that is possible without decoding the pixels.
 *
 * @since 0.1.0
 * @category queries
 */
export const inspect = (bytes: Uint8Array): Either.Either<Image, string> => {
  const found = measures[MediaType.of(bytes) ?? ""]
  if (found === undefined) return Either.left("it is not a PNG, JPEG, GIF or WebP image")
  const [format, measure] = found
  return Either.try({
    // Reading behind the end of a buffer throws.
    try: () => measure(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
    catch: () => "it ends too early"
  }).pipe(
    Either.flatMap((size) => {
      if (typeof size === "string") return Either.left(size)
      return size.width > 0 && size.height > 0
        ? Either.right({ format, ...size })
        : Either.left(`it is ${size.width} × ${size.height} pixels`)
    })
  )
}

const count = (value: number): string => value.toLocaleString("en-US")

/**
 * Why an image can't be taken, as the end of a sentence.
 *
 * @since 0.1.0
 * @category models
 */
export interface Problem {
  readonly reason: "TooLarge" | "Broken"
  readonly why: string
}

/**
 * What is wrong with an image for somebody with these limits; `undefined` when nothing is.
 *
 * @since 0.1.0
 * @category queries
 */
export const problem = (bytes: Uint8Array, limits: Limits): Problem | undefined => {
  if (bytes.length > limits.bytes) {
    const why = `it has ${count(bytes.length)} bytes, and at most ${count(limits.bytes)} are allowed`
    return { reason: "TooLarge", why }
  }
  return Either.match(inspect(bytes), {
    onLeft: (why) => ({ reason: "Broken", why }),
    onRight: ({ height, width }) =>
      Math.max(width, height) > limits.side
        ? {
          reason: "TooLarge",
          why: `it is ${width} × ${height} pixels, and at most ${limits.side} a side are allowed`
        }
        : undefined
  })
}
