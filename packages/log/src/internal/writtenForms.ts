/** A secret as it may stand in a text: as it is, escaped for JSON, percent-encoded, in base64 at any offset. */
export const writtenForms = (secret: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    // Through bytes: half a surrogate pair would throw.
    encodeURIComponent(bytes.toString()),
    ...[0, 1, 2].flatMap((offset) => {
      // What stands before and behind changes the first and the last characters: only those in between are the secret's own.
      const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64").replace(/=+$/, "")
      const start = offset === 0 ? 0 : offset + 1
      const end = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1
      const own = text.slice(start, end)
      return [own, own.replaceAll("+", "-").replaceAll("/", "_")]
    })
  ].filter((form) => form.length >= 6)
}
