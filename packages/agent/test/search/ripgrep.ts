import { execFileSync } from "node:child_process"

export const hasRipgrep = (() => {
  try {
    execFileSync("rg", ["--version"])
    return true
  } catch {
    return false
  }
})()
