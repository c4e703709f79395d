/**
 * Hashes of contents.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"

/**
 * SHA-256 in hexadecimal. Texts are encoded as UTF-8.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex")
