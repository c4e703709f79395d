/** Explains why a text that the model copied is not found in the file. */

const withoutLineNumbers = (text: string): string => text.replace(/^ *\d+\t/gm, "")

/** Replaces typographic quotes, dashes, ellipses and spaces with ASCII. */
const withoutTypography = (text: string): string =>
  text.replace(/[‘’‚′]/g, "'").replace(/[“”„″]/g, "\"").replace(/[‐‑‒–—−]/g, "-").replaceAll("…", "...")
    .replace(/[\u00A0\u2007\u202F]/g, " ")

const withUniformIndent = (text: string): string => text.replace(/^[ \t]+/gm, "\t")

const withoutSpace = (text: string): string => text.replace(/\s+/g, "")

const reasons: ReadonlyArray<readonly [normalize: (text: string) => string, hint: string]> = [
  [withoutLineNumbers, "oldText contains the line numbers that read shows. Leave them out."],
  [
    (text) => text.normalize("NFC"),
    "It differs only in Unicode normalization: one writes an accented character as one code point, the other as a letter and an accent. \
Replace a part without such characters, or write them the way the file does."
  ],
  [
    withoutTypography,
    "It differs only in quotes, dashes, ellipses or spaces: one has typographic characters where the other has ASCII. Copy them exactly."
  ],
  [withUniformIndent, "It differs only in indentation. Read the file again and copy the text exactly."],
  [withoutSpace, "It differs only in white space. Read the file again and copy the text exactly."],
  [
    (text) => text.toLowerCase(),
    "It differs only in upper and lower case. Read the file again and copy the text exactly."
  ]
]

/** A hint that tells the model how `oldText` differs from the file. */
export const explainMismatch = (content: string, oldText: string): string => {
  const found = reasons.find(([normalize]) => {
    const wanted = normalize(oldText.replaceAll("\r\n", "\n"))
    return wanted.trim() !== "" && normalize(content.replaceAll("\r\n", "\n")).includes(wanted)
  })
  return found?.[1] ?? "Read the file again."
}
