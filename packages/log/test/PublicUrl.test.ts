import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { publicUrl } from "../src/PublicUrl.ts"

/** Multiplies the number of random cases. */
const runs = Number(process.env["PROPERTY_RUNS"] ?? 1)

describe("A public URL", () => {
  const cases = {
    "https://gw.example/bedrock/v1": "https://gw.example/bedrock/v1",
    "https://gw.example:8443/": "https://gw.example:8443/",
    "https://user:secret@gw.example/v1": "https://user:<redacted>@gw.example/v1",
    "https://user:se:cr@et@gw.example/v1": "https://user:<redacted>@gw.example/v1",
    "https://:secret@gw.example": "https://:<redacted>@gw.example",
    "https://user:@gw.example": "https://user:@gw.example",
    "https://secret@gw.example": "https://<redacted>@gw.example",
    "https:secret@gw.example": "https:<redacted>@gw.example",
    "https:\\\\user:secret@gw.example": "https:\\\\user:<redacted>@gw.example",
    "https://gw.example/a@b?x@y=secret": "https://gw.example/a@b?x@y=<redacted>",
    "https://gw.example/?a=secret&b=&secret&c=s==;d=e":
      "https://gw.example/?a=<redacted>&b=&<redacted>&c=<redacted>;d=<redacted>",
    "https://gw.example/a&b;c=d/e": "https://gw.example/a&b;c=d/e",
    "https://gw.example/#secret": "https://gw.example/#<redacted>",
    "https://gw.example/#token=secret&a=b": "https://gw.example/#token=<redacted>&a=<redacted>",
    "https://user:se/cret@gw.example": "https://user:<redacted>@gw.example",
    "https://user:se#cret?@gw.example/": "https://user:<redacted>@gw.example/",
    "not a URL": "not a URL",
    "": ""
  }
  for (const [url, shown] of Object.entries(cases)) {
    it(`${JSON.stringify(url)} is shown as ${JSON.stringify(shown)}`, () => {
      assert.strictEqual(publicUrl(url), shown)
    })
  }

  it("never contains the password or a query value, whatever surrounds it", () => {
    const secret = "canary"
    const noise = FastCheck.stringMatching(/^[ -~]{0,8}$/)
    // One of these four would make the text a different URL, without a password.
    const part = noise.filter((text) => !/[/\\?#]/.test(text))
    FastCheck.assert(
      FastCheck.property(noise, part, part, noise, (user, password, host, name) => {
        const url = `https://${encodeURIComponent(user)}:${password}${secret}@${host}/x?${
          encodeURIComponent(name)
        }=${secret}`
        assert.notInclude(publicUrl(url), secret)
      }),
      { numRuns: 500 * runs }
    )
  })

  it("is unchanged without secrets, and when it is masked twice", () => {
    FastCheck.assert(FastCheck.property(FastCheck.webUrl(), (url) => {
      assert.strictEqual(publicUrl(url), url)
    }))
    FastCheck.assert(FastCheck.property(FastCheck.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      assert.strictEqual(publicUrl(publicUrl(url)), publicUrl(url))
    }))
  })
})
