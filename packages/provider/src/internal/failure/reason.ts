import type { Reason } from "../../BedrockError.ts"
import { meaningOf } from "./body/nginxPage.ts"

/**
 * By exception name. Source: the errors of Converse and ConverseStream in the Bedrock Runtime API model 2023-09-30,
 * and the AWS-wide "Common error types".
 */
const byName: Readonly<Record<string, Reason>> = {
  ValidationException: "Validation",
  AccessDeniedException: "Permission",
  AccessDenied: "Permission",
  ForbiddenException: "Permission",
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
  UnauthorizedException: "Authentication",
  ResourceNotFoundException: "ModelNotFound",
  UnknownOperationException: "ModelNotFound",
  ModelTimeoutException: "Timeout",
  ModelErrorException: "ModelError",
  ModelStreamErrorException: "ModelError",
  ThrottlingException: "Throttled",
  Throttling: "Throttled",
  TooManyRequestsException: "Throttled",
  LimitExceededException: "Throttled",
  ModelNotReadyException: "Throttled",
  InternalServerException: "Unavailable",
  InternalFailure: "Unavailable",
  ServiceUnavailableException: "Unavailable",
  ServiceUnavailable: "Unavailable"
}

/** Source: RFC 9110 and RFC 6585; above 440 those of nginx, AWS load balancers, IIS and Cloudflare. */
const byStatus: Readonly<Record<number, Reason>> = {
  401: "Authentication",
  402: "Permission",
  403: "Permission",
  404: "ModelNotFound",
  405: "ModelNotFound",
  406: "WrongContentType",
  407: "Authentication",
  408: "Timeout",
  409: "Unavailable",
  410: "ModelNotFound",
  415: "WrongContentType",
  421: "Connection",
  424: "ModelError",
  425: "Unavailable",
  426: "Connection",
  429: "Throttled",
  440: "Authentication",
  451: "Blocked",
  464: "Connection",
  498: "Authentication",
  499: "Unavailable",
  501: "ModelNotFound",
  505: "Connection",
  511: "Blocked",
  561: "Authentication"
}

/**
 * The name decides, then the status; the words only tell a refused credential from a missing permission, since a
 * refused bearer token is an `AccessDeniedException` as well.
 */
export const reasonOf = (name: string | undefined, status: number, words: string): Reason => {
  if (isUnknownPath(words)) return "ModelNotFound"
  const meaning = name === undefined ? meaningOf(status, words) : undefined
  if (meaning !== undefined) return meaning === "headers" ? "Validation" : "Connection"
  const reason = (name === undefined ? undefined : byName[name]) ?? byStatus[status]
    ?? (status >= 500 ? "Unavailable" : status >= 400 ? "Validation" : "WrongContentType")
  return reason === "Permission" && aboutCredential.test(words) ? "Authentication" : reason
}

const aboutCredential =
  /expired|authentication (failed|error)|api key|bearer token|security token|(invalid|revoked|unknown|missing|malformed) (access )?(token|credential|key)|(token|key) (is |was |\S+ was )?(not valid|invalid|revoked|missing|disabled)/i

/** What AWS answers with 403 to a path that it does not have. */
export const isUnknownPath = (words: string): boolean => /unable to determine service\/operation name/i.test(words)

/** Does a failed authorization say that the credential was good once? */
export const isExpired = (name: string | undefined, words: string): boolean =>
  /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/.test(name ?? "") || /expired/i.test(words)
