/** What the user can do when there is no usable credential. */
import type { AuthError } from "@altimate-code/auth/AuthError"
import { printable } from "@altimate-code/log/Printable"
import { NetworkError } from "@altimate-code/network/NetworkError"

export const credentialHint = (error: AuthError): string => {
  const { cause, header, lock, profile, renewal, source, step } = error
  if (cause instanceof NetworkError) return cause.hint
  const flag = profile === undefined ? "" : ` --profile ${printable(profile)}`
  switch (error.reason) {
    case "CorruptStore":
      return "Correct the file, or move it away and store the token again: altimate-code auth login"
    case "StoreIO":
      return "Check the permissions of the file and its directory, and that the disk is not full."
        + (lock === undefined ? "" : ` If ${printable(lock)} exists and no other altimate-code is running, remove it.`)
    case "Locked":
      return "Try again when that process has ended."
    case "Conflict":
      return header === undefined
        ? "Add the header that the gateway requires, for example \"headers\": { \"x-api-key\": \"{env:GATEWAY_KEY}\" }."
        : "A request can carry only one authorization. Remove that header, or set \"auth\" to \"header\"."
    case "TokenCommand":
    case "Malformed":
      return source === "command"
        ? "Run the command yourself to check it. It must print only the token, or {\"token\": \"…\", \"expiresAt\": \"2026-11-23T12:00:00Z\"}."
        : "Nothing was sent. Copy the whole value again, on one line, without anything around it."
    case "GivenToken":
      return "Correct what gets the token."
    case "NoCredentials":
      return step === undefined
        ? "Store a bearer token (altimate-code auth login), set AWS_BEARER_TOKEN_BEDROCK, or set up one of these sources."
        : "Check AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, and that the role trusts the issuer of the token."
    case "Profile":
      return `Correct the profile in the AWS config file, or test it: aws sts get-caller-identity${flag}`
    case "Expired":
      return `Renew the session: ${renewal ?? "aws sso login"}${flag}`
    case "Timeout":
      return profile === undefined
        ? "Possible causes are a credential_process that waits for input and a network that drops packets."
        : "The command was stopped. Run it yourself to see what it waits for. A bearer token needs no AWS profile."
    case "Chain":
      return "This installation is incomplete. Reinstall altimate-code."
  }
}
