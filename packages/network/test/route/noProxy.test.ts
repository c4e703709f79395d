import { assert, describe, it } from "@effect/vitest"
import { findExclusion, ignoredEntries } from "../../src/internal/route/noProxy.ts"

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
      ["10.1.2.3/8", "10.200.0.1", 443, true],
      ["bücher.example", "xn--bcher-kva.example", 443, true],
      [".example.com.", "gw.example.com", 443, true],
      ["not an entry", "gw.example.com", 443, false]
    ] as const
  ) {
    it(`${entry} ${matches ? "excludes" : "does not exclude"} ${host}:${port}`, () => {
      assert.strictEqual(findExclusion(entry, { host, port }), matches ? entry : undefined)
    })
  }

  for (
    const [entry, why] of [
      ["http://gw.example.com", /URL; write only its host: gw\.example\.com$/],
      ["https://gw.example.com:8443/v1", /write only its host: gw\.example\.com:8443$/],
      ["gw.example.com/bedrock", /path; write only its host: gw\.example\.com$/],
      ["gw.example.com:8443/", /path; write only its host: gw\.example\.com:8443$/],
      ["*.", /not a host name/],
      [".", /not a host name/],
      ["gw..example.com", /not a host name/],
      ["user@gw.example.com", /not a host name/],
      ["<local>", /not a host name/],
      ["gw*.example.com", /\*/],
      ["*example.com", /\*/],
      ["*.*.example.com", /\*/],
      ["10.*", /\*/],
      ["192.168.", /complete address; a network is written 10\.0\.0\.0\/8/],
      ["10.0", /complete address/],
      ["10.0.0.256", /complete address/],
      ["10.0.0.0/99", /from 0 to 32/],
      ["10.0.0.0/", /from 0 to 32/],
      ["10.0.0.0/255.0.0.0", /from 0 to 32/],
      ["10.0.0.0/8:8080", /from 0 to 32/],
      ["fd00::/129", /from 0 to 128/],
      ["10.0/8", /network is not a complete address/],
      ["[fd00::]/8", /network is not a complete address/],
      ["fe80::1%eth0", /port|IPv6/],
      ["fe80::%eth0/64", /network is not a complete address/],
      ["[::1", /port/],
      ["[gw.example.com]", /brackets/],
      ["[10.0.0.1]", /brackets/],
      ["gw.example.com:", /port/],
      ["gw.example.com:https", /port/],
      ["gw.example.com:0", /port/],
      ["gw.example.com:65536", /port/],
      ["a.example.com;b.example.com", /commas/],
      ["a.example.com|b.example.com", /commas/],
      ["\"gw.example.com", /quotation mark/]
    ] as const
  ) {
    it(`${entry} matches nothing, and the reason is reported`, () => {
      const ignored = ignoredEntries(`.example.com ${entry},10.0.0.0/8`)
      assert.deepStrictEqual(ignored.map(({ entry }) => entry), [entry])
      assert.match(ignored[0]!.why, why)
      for (const host of ["gw.example.com", "10.0.0.1", "::1", "fe80::1"]) {
        assert.isUndefined(findExclusion(entry, { host, port: 443 }))
      }
    })
  }

  for (
    const entry of [
      "*",
      "gw",
      "gw.example.com.",
      ".example.com",
      "*.example.com:443",
      "my_host",
      "10.1.2.3:80",
      "[::1]:80"
    ]
      .concat("::1", "10.0.0.1/8", "0.0.0.0/0", "::/0", "::ffff:10.0.0.1", "bücher.example")
  ) {
    it(`${entry} can match something`, () => assert.deepStrictEqual(ignoredEntries(entry), []))
  }

  it("is the first one that matches in a list with commas and white space", () => {
    assert.strictEqual(
      findExclusion("a.example, ,.b.example  b.example", { host: "x.b.example", port: 1 }),
      ".b.example"
    )
    assert.isUndefined(findExclusion("", { host: "x.b.example", port: 1 }))
  })
})
