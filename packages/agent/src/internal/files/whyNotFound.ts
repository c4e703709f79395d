/** Why a text that the model has read is not found in the file. */

const withoutNumbers = (text: string): string => text.replace(/^ *\d+\t/gm, "")

/** Quotes, dashes, dots and blanks as a keyboard has them. */
const typed = (text: string): string =>
  text.replace(/[‘’‚′]/g, "'").replace(/[“”„″]/g, "\"").replace(/[‐‑‒–—−]/g, "-").replaceAll("…", "...")
    .replace(/[\u00A0\u2007\u202F]/g, " ")

const indented = (text: string): string => text.replace(/^[ \t]+/gm, "\t")

const withoutSpace = (text: string): string => text.replace(/\s+/g, "")

const reasons: ReadonlyArray<readonly [plain: (text: string) => string, hint: string]> = [
  [withoutNumbers, "oldText has the line numbers that read shows: leave them out."],
  [
    (text) => text.normalize("NFC"),
    "It differs in Unicode normalization only: accented characters are written as one code point here and as letter and accent there. \
Replace a part without such characters, or write them as the file does."
  ],
  [
    typed,
    "It differs in quotes, dashes, dots or blanks only: some are typographic here and plain there. Copy them exactly."
  ],
  [indented, "It differs in indentation only: tabs or spaces, or how many. Read the file again, and copy it exactly."],
  [withoutSpace, "It differs in white space only. Read the file again, and copy it exactly."],
  [(text) => text.toLowerCase(), "It differs in upper and lower case only. Read the file again, and copy it exactly."]
]

/** A hint for the model. */
export const whyNotFound = (content: string, oldText: string): string => {
  const found = reasons.find(([plain]) => {
    const wanted = plain(oldText.replaceAll("\r\n", "\n"))
    return wanted.trim() !== "" && plain(content.replaceAll("\r\n", "\n")).includes(wanted)
  })
  return found?.[1] ?? "Read the file again."
}
