/**
 * URLs as they may be shown.
 *
 * @since 0.1.0
 */
import { mapSecrets } from "./internal/urlSecrets.ts"

/**
 * The URL with `<redacted>` in place of its password (or of its user name, when that stands alone), of the values of
 * its query and of its fragment. A text that is no URL comes back with the same care taken.
 *
 * @since 0.1.0
 * @category rendering
 */
export const publicUrl = (url: string): string => mapSecrets(url, () => "<redacted>")
