import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { execFileSync } from "node:child_process"
import { chmodSync, statSync } from "node:fs"
import { jpeg, png } from "../../../../test/pictures.ts"
import * as Mentions from "../../src/Mentions.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import * as PromptImages from "../../src/PromptImages.ts"
import * as PromptImageText from "../../src/PromptImageText.ts"
import { makeProject } from "../workspace.ts"

const make = (rules?: PermissionRules.Rules) =>
  Effect.gen(function*() {
    const project = yield* makeProject
    const context = yield* Layer.build(
      Layer.merge(
        project.workspace,
        Layer.provideMerge(PermissionPolicy.layer, PermissionRules.layer(rules))
      )
    )
    return { ...project, read: (prompt: string) => Effect.provide(PromptImages.readMentioned(prompt), context) }
  })

describe("Mentions", () => {
  it("end at white space, or at a quote", () => {
    assert.deepStrictEqual(Mentions.find("@a.png, then @\"b c.png\". me@example.com @(x)"), [
      ["a.png,", "a.png"],
      ["b c.png"],
      ["(x)", "(x"]
    ])
  })

  it("mean the path that they were written for", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string({ minLength: 1 }), (name) => {
      const path = `/${name}`
      assert.deepStrictEqual(Mentions.find(`x ${Mentions.format(path)} y`)[0]?.[0], path)
    }))
  })
})

describe("The images of a prompt", () => {
  it("are shown by their names", () => {
    assert.strictEqual(
      PromptImageText.shortenMentions(
        "a @/tmp/x.png, @\"/tmp/y z.JPG\" @/assets/logo.png @b/x.png (@/tmp/x.png) @\"/tmp/it \\\"is\\\".gif\"",
        ["x.png", "y z.JPG", "it \"is\".gif"]
      ),
      "a @x.png, @\"y z.JPG\" @/assets/logo.png @b/x.png (@/tmp/x.png) @\"it \\\"is\\\".gif\""
    )
  })

  it.scoped("are read from the files that it mentions, each once", () =>
    Effect.gen(function*() {
      const { beside, put, read } = yield* make()
      yield* put("a.png", png(64, 32))
      yield* put(`${beside}/my photo.JPG`, jpeg)
      yield* put("notes.txt", "text")
      yield* put("text.png", "no picture")
      const images = yield* read(
        `Compare @a.png with @"${beside}/my photo.JPG", @a.png. And @notes.txt @text.png @missing.png @types/node`
      )
      assert.deepStrictEqual(images.map(({ fileName, mediaType }) => [fileName, mediaType]), [
        ["a.png", "image/png"],
        ["my photo.JPG", "image/jpeg"]
      ])
      assert.deepStrictEqual(images[0] && Buffer.from(images[0].data as Uint8Array), png(64, 32))
      assert.deepStrictEqual(images[0] && PromptImageText.describe(images[0]), {
        name: "a.png",
        details: "64 × 32, 81 bytes"
      })
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("are not what an import of a module looks like, but a file that is missing is reported", () =>
    Effect.gen(function*() {
      const { outputs, read } = yield* make()
      assert.deepStrictEqual(yield* read("Why is @/assets/no-such-directory/logo.png or @/logo.png broken?"), [])
      const { message } = yield* Effect.flip(read(`@${outputs}/clipboard-1.png`))
      assert.strictEqual(message, `${outputs}/clipboard-1.png can't be attached: the file does not exist.`)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("must all be attachable", () =>
    Effect.gen(function*() {
      const { at, put, read } = yield* make({ read: { "*secret*": "deny" } })
      const messageOf = (prompt: string) =>
        Effect.map(Effect.flip(read(prompt)), ({ hint, message }) => `${message} ${hint}`)
      yield* put("large.png", png(1, 1, 4_000_000))
      yield* put("wide.png", png(8001, 1))
      yield* put("cut.png", png().subarray(0, 40))
      yield* put("secret.png", png())
      yield* put("closed.png", png())
      chmodSync(at("closed.png"), 0)
      assert.match(
        yield* messageOf("@large.png"),
        /large\.png can't be attached: it is 4\.01 MB; the limit is 3\.75 MB\. Make/
      )
      assert.match(yield* messageOf("@wide.png"), /8001 × 1 pixels/)
      assert.match(yield* messageOf("@cut.png"), /truncated\. The file is damaged/)
      assert.match(yield* messageOf("@secret.png"), /secret\.png can't be attached: reading it is not allowed \(.*deny/)
      assert.match(
        yield* messageOf(`What is ${at("")}/@a @${at("missing.png")}?`),
        /missing\.png can't be attached: the file does not exist/
      )
      // Root can read everything.
      if (process.getuid?.() !== 0) assert.match(yield* messageOf("@closed.png"), /closed\.png .*permission denied/)
      for (let n = 0; n < 21; n++) yield* put(`${n}.png`, png())
      const many = Array.from({ length: 21 }, (_, n) => `@${n}.png`)
      assert.match(yield* messageOf(many.join(" ")), /21 images, and a request can have at most 20/)
      assert.strictEqual((yield* read(many.slice(1).join(" "))).length, 20)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("are never read from a pipe", () =>
    Effect.gen(function*() {
      const { at, read } = yield* make()
      execFileSync("mkfifo", [at("pipe.png")])
      assert.isTrue(statSync(at("pipe.png")).isFIFO())
      assert.deepStrictEqual(yield* read("@pipe.png"), [])
    }).pipe(Effect.provide(NodeContext.layer)))
})
