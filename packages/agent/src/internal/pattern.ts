/** Patterns of permission rules. */

/** `*` is any text, `?` one character; a last ` *` may also be nothing at all. */
export const fits = (pattern: string, subject: string): boolean => {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]")
  return new RegExp(`^${escaped.endsWith(" [^]*") ? `${escaped.slice(0, -" [^]*".length)}( [^]*)?` : escaped}$`).test(
    subject
  )
}
