import { assert, describe, it } from "@effect/vitest"
import { exclusion } from "../src/internal/noProxy.ts"

describe("an entry of NO_PROXY", () => {
  for (
    const [entry, host, port, matches] of [
      ["*", "gw.example.com", 443, true],
      ["gw.example.com", "gw.example.com", 443, true],
      ["GW.Example.com", "gw.example.com", 443, true],
      ["gw.example.com.", "gw.example.com", 443, true],
      ["gw.example.com", "gw.example.com.", 443, true],
      ["gw.example.com", "other.example.com", 443, false],
      ["example.com", "gw.example.com", 443, true],
      ["example.com", "badexample.com", 443, false],
      [".example.com", "gw.example.com", 443, true],
      [".example.com", "a.b.example.com", 443, true],
      [".example.com", "example.com", 443, true],
      ["*.example.com", "gw.example.com", 443, true],
      [".", "gw.example.com", 443, false],
      ["gw.example.com:8443", "gw.example.com", 8443, true],
      ["gw.example.com:8443", "gw.example.com", 443, false],
      [".example.com:443", "gw.example.com", 443, true],
      ["localhost", "localhost", 80, true],
      ["localhost", "127.0.0.1", 80, false],
      ["10.1.2.3", "10.1.2.3", 443, true],
      ["10.1.2.3", "10.1.2.33", 443, false],
      ["10.1.2.3:8443", "10.1.2.3", 8443, true],
      ["10.1.2.3:8443", "10.1.2.3", 443, false],
      ["10.0.0.0/8", "10.200.0.1", 443, true],
      ["10.0.0.0/8", "11.0.0.1", 443, false],
      ["10.0.0.0/33", "10.0.0.1", 443, false],
      ["10.0.0.0/x", "10.0.0.1", 443, false],
      ["10.0.0.0/8", "ten.example.com", 443, false],
      ["1.2.3", "10.1.2.3", 443, false],
      ["::1", "::1", 443, true],
      ["[::1]", "::1", 443, true],
      ["[::1]:8443", "::1", 8443, true],
      ["[::1]:8443", "::1", 443, false],
      ["0:0:0:0:0:0:0:1", "::1", 443, true],
      ["fd00::/8", "fd12::1", 443, true],
      ["fd00::/8", "fe80::1", 443, false],
      ["10.0.0.0/8", "::1", 443, false],
      ["not an entry", "gw.example.com", 443, false]
    ] as const
  ) {
    it(`${entry} ${matches ? "keeps" : "does not keep"} ${host}:${port} from the proxy`, () => {
      assert.strictEqual(exclusion(entry, { host, port }), matches ? entry : undefined)
    })
  }

  it("is named, the first that matches, between commas and white space", () => {
    assert.strictEqual(exclusion("a.example, ,.b.example  b.example", { host: "x.b.example", port: 1 }), ".b.example")
    assert.isUndefined(exclusion("", { host: "x.b.example", port: 1 }))
  })
})
