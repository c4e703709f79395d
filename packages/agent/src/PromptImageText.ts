/**
 * How the images of a prompt are shown to the user. Apart from {@link PromptImages}, so that a screen can show a prompt before it has loaded what reads
 * images.
 *
 * @since 0.1.0
 */
import * as Image from "@altimate-code/system/Image"
import type * as Prompt from "@effect/ai/Prompt"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Mentions from "./Mentions.ts"

/**
 * The prompt as it is shown above its images: with their names instead of their absolute paths. `attached` are these names.
 *
 * @since 0.1.0
 * @category rendering
 */
export const shortenMentions = (prompt: string, attached: ReadonlyArray<string>): string =>
  Mentions.mapPaths(prompt, (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1)
    return path.startsWith("/") && attached.includes(name.replace(/[.,;:!?)]+$/, "")) ? name : path
  })

/**
 * What to show of an attachment: its file name or type, and its size in pixels, if it is an image, and in bytes.
 *
 * @example `{ name: "logo.png", details: "640 × 480, 24 KiB" }`
 *
 * @since 0.1.0
 * @category rendering
 */
export const describe = (part: Prompt.FilePart): { readonly name: string; readonly details: string } => {
  const name = part.fileName ?? part.mediaType
  const bytes = part.data instanceof Uint8Array
    ? part.data
    : Either.getOrElse(Encoding.decodeBase64(String(part.data)), () => new Uint8Array())
  const pixels = Either.match(Image.inspect(bytes), {
    onLeft: () => [],
    onRight: ({ height, width }) => [`${width} × ${height}`]
  })
  return { name, details: [...pixels, formatSize(bytes.length)].join(", ") }
}

const formatSize = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
