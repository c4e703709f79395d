import type { Reason } from "../../BedrockError.ts"
import { nginxProblem } from "./body/nginxPage.ts"

/**
 * Reasons by exception name. Source: the errors of Converse and ConverseStream in the Bedrock Runtime API model 2023-09-30,
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

/** Reasons by status. Source: RFC 9110 and RFC 6585; nonstandard ones from nginx, AWS load balancers, IIS and Cloudflare. */
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
 * The exception name decides; without one, the status. The text only distinguishes a refused credential from a missing permission, because both
 * are an `AccessDeniedException`.
 */
export const reasonOf = (name: string | undefined, status: number, text: string): Reason => {
  if (isUnknownPath(text)) return "ModelNotFound"
  const problem = name === undefined ? nginxProblem(status, text) : undefined
  if (problem !== undefined) return problem === "headers-too-large" ? "Validation" : "Connection"
  const reason = (name === undefined ? undefined : byName[name]) ?? byStatus[status]
    ?? (status >= 500 ? "Unavailable" : status >= 400 ? "Validation" : "WrongContentType")
  return reason === "Permission" && credentialProblem.test(text) ? "Authentication" : reason
}

const credentialProblem =
  /expired|authentication (failed|error)|api key|bearer token|security token|(invalid|revoked|unknown|missing|malformed) (access )?(token|credential|key)|(token|key) (is |was |\S+ was )?(not valid|invalid|revoked|missing|disabled)/i

/** AWS returns 403 with this sentence for a path that does not exist. */
export const isUnknownPath = (text: string): boolean => /unable to determine service\/operation name/i.test(text)

/** Whether the credential was refused because it has expired. */
export const isExpired = (name: string | undefined, text: string): boolean =>
  /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/.test(name ?? "") || /expired/i.test(text)
