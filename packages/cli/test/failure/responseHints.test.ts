import { assert, describe, it } from "@effect/vitest"
import { answered, attempt } from "../../../provider/test/failure/attempt.ts"
import { failedResponses } from "../../../provider/test/failure/failedResponses.ts"
import { requestHint } from "../../src/command-line/failure/hints/requestHint.ts"

interface Expected {
  readonly hint: RegExp
  /** What the evidence does not show. */
  readonly not?: RegExp
}

const permission = /bedrock:InvokeModel|model is not allowed/

/** By the names of `failedResponses`. */
const expected: Readonly<Record<string, Expected>> = {
  "AWS WAF's page on a load balancer": {
    hint:
      /^A firewall in front of Bedrock \(AWS WAF\) refused this request before it reached Bedrock, probably because of its content/,
    not: permission
  },
  "CloudFront's page": {
    hint: /give them Request ID x7Tq_KJ1==, the URL https:\/\/gw\.example\.com\/v1/,
    not: permission
  },
  "Akamai's page": { hint: /give them Reference 18\.2d351ab8\.1557333295, /, not: permission },
  "Cloudflare's page": { hint: /Ray ID 7d1a2b3c4d5e6f70.*find this request by cf-ray 7d-FRA/, not: permission },
  "Cloudflare's plain text": { hint: /probably because of its content/, not: permission },
  "a firewall's challenge with status 503": { hint: /probably because of its content/, not: permission },
  "F5's page with status 200": { hint: /give them support ID 1234567890, /, not: permission },
  "Imperva's page": { hint: /incident ID 123000450123456789-1234567890/, not: permission },
  "FortiWeb's page": { hint: /Attack ID 20000010/, not: permission },
  "ModSecurity's page": { hint: /probably because of its content/, not: permission },
  "the page of an unknown firewall with an incident number": {
    hint: /^Something in front of Bedrock refused this request.*give them Incident number QX-77812, /,
    not: permission
  },
  "an HTML fragment": { hint: /Something in front of Bedrock/, not: permission },
  "plain text labelled as HTML": { hint: /Something in front of Bedrock/, not: permission },
  "nginx's page behind Cloudflare": { hint: /^Something in front of Bedrock/, not: /Cloudflare/ },
  "JSON with a firewall's header": { hint: /probably because of its content/, not: permission },
  "a proxy's refusal": {
    hint: /^A proxy \(Squid\) refused this request.*block this host for everyone/,
    not: permission
  },
  "a login page": { hint: /^The URL answered with a login page/ },
  "a page that only redirects to a login by script": { hint: /^The URL answered with a login page/ },
  "a page that posts a SAML request": {
    hint: /^The URL answered with a login page.*the bearer token from AWS_BEARER_TOKEN_BEDROCK/
  },
  "a redirect": { hint: /^Redirects are not followed/ },
  "a 401 that requires a Windows login": { hint: /a different kind of login \(Negotiate, NTLM\)/ },
  "a 401 whose only text is in a header": { hint: /AWS_BEARER_TOKEN_BEDROCK was refused/ },
  "a 403 of a gateway's own API": {
    hint: /^The gateway at https:\/\/gw\.example\.com\S+ refused this request, for the reason above/,
    not: permission
  },
  "binary data": { hint: /Try again later/ },
  "JSON without a message": { hint: /Try again later/ },
  "an error with status 200": { hint: /reports an error even though/, not: /stream/ },
  "XML for a path that AWS does not have": { hint: /The path \/v1 in baseURL is probably wrong/, not: permission },
  "a model that the gateway does not know": { hint: /does not know this model/, not: /baseURL/ },
  "an explicit deny in an organization's policy": {
    hint: /^A service control policy denies this explicitly.*guardrail \(the condition bedrock:GuardrailIdentifier/,
    not: /ask for (access|bedrock)|InvokeModel/
  },
  "an explicit deny in an identity's policy": {
    hint: /^An identity-based policy denies this explicitly/,
    not: /InvokeModel/
  },
  "an explicit deny in a VPC endpoint's policy": { hint: /^A VPC endpoint policy denies this explicitly/ },
  "no permission to stream": {
    hint:
      /ask for bedrock:InvokeModelWithResponseStream\. No identity-based policy allows it\..*options\.streaming to off/
  },
  "no permission for bearer tokens": { hint: /use AWS credentials instead/ },
  "a marketplace model that is not enabled": { hint: /enabled once for the AWS account/ },
  "a refusal of API Gateway": { hint: /^Amazon API Gateway, not Bedrock.*execute-api:Invoke/, not: permission },
  "a refusal of API Gateway's authorizer": {
    hint: /The gateway's authorizer, not Bedrock, refused the credential/,
    not: /guardrail/
  },
  "a model without access": { hint: permission },
  "a signature for another service": { hint: /API Gateway.*Set options\.signingService to "execute-api"/ },
  "a signature for VPC Lattice": { hint: /Set options\.signingService to "vpc-lattice-svcs"/, not: /API Gateway/ },
  "a signature for another region": { hint: /made for eu-west-1.*Set options\.region/ },
  "a token where API Gateway requires a signature, or an unknown path": {
    hint: /a path that does not exist.*options\.signingService to execute-api/
  },
  "a signature for a path that API Gateway does not have": {
    hint: /Check the path and the stage in baseURL/,
    not: /signingService/
  },
  "a token parsed as a signature": { hint: /set options\.auth to sigv4/ },
  "HTTP 402": { hint: /budget/ },
  "HTTP 406": { hint: /Set options\.streaming to off/ },
  "HTTP 407": { hint: /A proxy requires its own login \(NTLM\).*is not the problem/ },
  "HTTP 408": { hint: /timed out before it had the whole request/ },
  "HTTP 409": { hint: /conflict/ },
  "HTTP 410": { hint: /retired/ },
  "HTTP 411": { hint: /Content-Length/ },
  "HTTP 413": { hint: /limits the size of a request/ },
  "HTTP 414": { hint: /URL is too long/ },
  "HTTP 415": { hint: /does not accept JSON/ },
  "HTTP 418": { hint: /^$/ },
  "HTTP 421": { hint: /does not serve gw\.example\.com/ },
  "HTTP 426 with an upgrade to h2c": { hint: /options\.http2/ },
  "HTTP 426 with an upgrade to TLS": { hint: /Write https:\/\// },
  "HTTP 428": { hint: /options\.headers/ },
  "HTTP 431": { hint: /headers are too large/ },
  "HTTP 451": { hint: /legal or policy reasons/, not: /content/ },
  "HTTP 464": { hint: /options\.http2/ },
  "HTTP 494": { hint: /headers are too large/ },
  "HTTP 495": { hint: /clientCert/ },
  "HTTP 497": { hint: /Write https:\/\// },
  "HTTP 499": { hint: /connection closed/ },
  "HTTP 501": { hint: /does not have the Converse operation/ },
  "HTTP 502": { hint: /no usable response/ },
  "HTTP 503": { hint: /no backend available/ },
  "HTTP 504": { hint: /within the gateway's timeout/ },
  "HTTP 505": { hint: /options\.http2/ },
  "HTTP 511": { hint: /network requires a login/, not: /content/ },
  "HTTP 522": { hint: /Cloudflare could not connect/ },
  "HTTP 529": { hint: /overloaded/ },
  "nginx's page \"No required SSL certificate was sent\"": { hint: /clientCert/ },
  "nginx's page \"The plain HTTP request was sent to HTTPS port\"": { hint: /Write https:\/\// },
  "nginx's page \"Request Header Or Cookie Too Large\"": { hint: /headers are too large/ }
}

for (const [group, responses] of Object.entries(failedResponses)) {
  describe(`the hint for ${group}`, () => {
    for (const { body = "", headers, sent = attempt, status, what } of responses) {
      it(`(${what}) explains what to do without blaming anything unproven`, () => {
        const hint = requestHint(answered(status, body, headers, sent))
        assert.match(hint, expected[what]!.hint)
        const { not } = expected[what]!
        if (not !== undefined) assert.notMatch(hint, not)
      })
    }
  })
}
