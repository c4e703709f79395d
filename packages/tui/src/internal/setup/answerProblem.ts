import * as PastedToken from "@altimate-code/system/PastedToken"
import * as Either from "effect/Either"
import type { Field, Problem } from "./setup.ts"

/** What is wrong with a typed answer; undefined if it is valid. */
export const findProblem = (field: Field, text: string): Problem | undefined => {
  switch (field) {
    case "gateway":
      return text === "" ? undefined : findUrlProblem(text)
    case "region":
      return /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)
        ? undefined
        : { message: "This is not an AWS region.", hint: "Examples: us-east-1, eu-central-1." }
    case "token": {
      if (text === "") return { message: "The token is empty.", hint: "Paste it here, or press esc to go back." }
      const token = PastedToken.read(text)
      return Either.isRight(token)
        ? undefined
        : { message: `The token ${token.left}.`, hint: "Paste it again, in one piece." }
    }
    case "profile":
      return text === ""
        ? { message: "The profile name is empty.", hint: "Enter a profile from ~/.aws/config, e.g. default." }
        : undefined
  }
}

/**
 * The scheme that a host was typed without: `bedrock.example.com/v1`. `http:` does not protect the token, so it is only for this machine, where
 * servers rarely speak TLS.
 */
const findScheme = (text: string): "http://" | "https://" | undefined => {
  if (/^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?([/?]\S*)?$/i.test(text) && URL.canParse(`http://${text}`)) {
    return "http://"
  }
  const isHost = /^[\w-]+(\.[\w-]+)+(:\d+)?([/?]\S*)?$/.test(text)
  return isHost && URL.canParse(`https://${text}`) ? "https://" : undefined
}

const findUrlProblem = (text: string): Problem | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const scheme = findScheme(text)
    if (scheme !== undefined) {
      return {
        message: `The URL had no scheme, so ${scheme} was added.`,
        hint: "Enter: use it.",
        completed: scheme + text
      }
    }
    return {
      message: "This is not a URL.",
      hint: "Enter a URL such as https://bedrock.example.com, or leave it empty to use AWS directly."
    }
  }
  if (url.pathname.includes("://")) {
    return { message: "There are two URLs.", hint: "Remove one of them. Ctrl-U clears the line." }
  }
  return url.username === "" && url.password === "" ? undefined : {
    message: "The URL contains a user name or a password.",
    hint: "Remove it: the next questions ask for the credential."
  }
}
