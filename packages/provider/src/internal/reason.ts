import type { Reason } from "../BedrockError.ts"

/**
 * By exception name. Source: the errors of Converse and ConverseStream in the Bedrock Runtime API model 2023-09-30,
 * and the AWS-wide "Common error types".
 */
const byName: Readonly<Record<string, Reason>> = {
  ValidationException: "Validation",
  AccessDeniedException: "Permission",
  AccessDenied: "Permission",
  ExpiredTokenException: "Authentication",
  ExpiredToken: "Authentication",
  RequestExpired: "Authentication",
  UnrecognizedClientException: "Authentication",
  InvalidClientTokenId: "Authentication",
  InvalidSignatureException: "Authentication",
  SignatureDoesNotMatch: "Authentication",
  RequestTimeTooSkewed: "Authentication",
  IncompleteSignatureException: "Authentication",
  IncompleteSignature: "Authentication",
  MissingAuthenticationTokenException: "Authentication",
  MissingAuthenticationToken: "Authentication",
  ResourceNotFoundException: "ModelNotFound",
  UnknownOperationException: "ModelNotFound",
  ModelTimeoutException: "Timeout",
  ModelErrorException: "ModelError",
  ModelStreamErrorException: "ModelError",
  ThrottlingException: "Throttled",
  TooManyRequestsException: "Throttled",
  ModelNotReadyException: "Throttled",
  InternalServerException: "Unavailable",
  InternalFailure: "Unavailable",
  ServiceUnavailableException: "Unavailable",
  ServiceUnavailable: "Unavailable"
}

const byStatus: Readonly<Record<number, Reason>> = {
  401: "Authentication",
  403: "Permission",
  404: "ModelNotFound",
  405: "ModelNotFound",
  407: "Authentication",
  408: "Timeout",
  424: "ModelError",
  429: "Throttled"
}

/**
 * The name decides, then the status; the words only tell a refused credential from a missing permission, since a
 * refused bearer token is an `AccessDeniedException` as well.
 */
export const reasonOf = (name: string | undefined, status: number, words: string): Reason => {
  const reason = (name === undefined ? undefined : byName[name]) ?? byStatus[status]
    ?? (status >= 500 ? "Unavailable" : status >= 400 ? "Validation" : "WrongContentType")
  return reason === "Permission" && aboutCredential.test(words) ? "Authentication" : reason
}

const aboutCredential = /expired|authentication failed|api key|bearer token|security token/i

/** Does a failed authorization say that the credential was good once? */
export const isExpired = (name: string | undefined, words: string): boolean =>
  /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/.test(name ?? "") || /expired/i.test(words)
