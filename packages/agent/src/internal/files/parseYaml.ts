/** Parses YAML. The library is large, so this file is loaded only where a text needs it. */
import { parseDocument } from "yaml"

/** `value` is undefined if the text is not YAML; `line` counts from 1. */
export const parseYaml = (text: string): { readonly value: unknown; readonly line?: number } => {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error === undefined) return { value: document.toJS() as unknown }
  return { value: undefined, ...(error.linePos === undefined ? {} : { line: error.linePos[0].line }) }
}
