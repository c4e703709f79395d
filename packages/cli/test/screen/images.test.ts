import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { jpeg, png } from "../../../../test/pictures.ts"
import { keys } from "../Terminal.ts"
import { ask, says, sent, start } from "./ScreenOnSandbox.ts"

/** The images in a request, as base64. */
const imagesIn = (messages: string): ReadonlyArray<readonly [string | undefined, Buffer]> =>
  [...messages.matchAll(/"image":\{"format":"(\w+)","source":\{"bytes":"([^"]*)"/g)]
    .map(([, format, bytes]) => [format, Buffer.from(bytes ?? "", "base64")])

/** A program for the PATH. Its directory comes before all others. */
const putProgram = (directory: string, name: string, script: string) => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(directory, name), 0o755)
}

layer(NodeContext.layer)("An image in the prompt", (it) => {
  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`is attached when its path is pasted, and stays in the session (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const { home, launch, project, sandbox, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          script: [{ blocks: [says("A grey picture.")] }, { blocks: [says("Still grey.")] }]
        })
        const picture = join(project, "my picture.png")
        const photo = join(home.home, "ü photo.jpg")
        writeFileSync(picture, png(64, 32))
        writeFileSync(photo, jpeg)
        yield* terminal.write("What is this?")
        yield* terminal.see("What is this?")
        yield* terminal.write(keys.paste(`'${picture}' ${pathToFileURL(photo).href} `))
        const seen = yield* terminal.see(/\[image ü photo\.j\S+, 1 × 1, \d+ bytes\]/)
        assert.match(seen, /\[image my pictu\S+, 64 × 32, \d+ bytes\]/)
        assert.notInclude(seen, picture)
        // One backspace removes the photo, undo brings it back.
        yield* terminal.write(keys.backspace)
        yield* terminal.gone("ü photo")
        yield* terminal.write("\u001f")
        yield* terminal.see("ü photo")
        yield* terminal.write(keys.enter)
        yield* terminal.see(/A grey picture\.[^]*ready/)
        assert.match(
          terminal.everything(),
          /^ {2}\[image my pictu\S+, 64 × 32, \d+ bytes\]\n {2}\[image ü photo\.j/m
        )
        assert.match(terminal.everything(), /^› What is this\? @"my picture\.png"/m)
        const images = imagesIn(yield* sent(sandbox, 0))
        assert.deepStrictEqual(images, [["png", png(64, 32)], ["jpeg", jpeg]])

        // Without the files, the resumed session still has the images.
        rmSync(picture)
        rmSync(photo)
        yield* terminal.write(keys.ctrl("d"))
        assert.strictEqual(yield* terminal.exited, 0)
        const resumed = yield* launch(["-c"])
        yield* resumed.see("ready")
        assert.match(resumed.everything(), /^ {2}\[image my pictu\S+, 64 × 32, \d+ bytes\]$/m)
        yield* ask(resumed, "Sure?")
        yield* resumed.see(/Still grey\.[^]*ready/)
        assert.deepStrictEqual(imagesIn(yield* sent(sandbox, 1)), images)
      }))
  }

  it.scoped("is attached when the prompt mentions it", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start({ inProject: true, script: [{ blocks: [says("Grey.")] }] })
      writeFileSync(join(project, "a b.png"), png(8, 8))
      yield* terminal.write("@a")
      yield* terminal.see(/› a b\.png/)
      yield* terminal.write(keys.tab)
      yield* terminal.see("@\"a b.png\"")
      yield* terminal.write(`: what color?${keys.enter}`)
      yield* terminal.see(/\[image a b\.png, 8 × 8, \d+ bytes\][^]*Grey\.[^]*ready/)
      assert.deepStrictEqual(imagesIn(yield* sent(sandbox, 0)), [["png", png(8, 8)]])
    }))

  it.scoped("is no image if the pasted path is another file's, or belongs to a command", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start({ inProject: true, script: [{ blocks: [says("Text.")] }] })
      const [text, picture] = [join(project, "notes.png"), join(project, "a.png")]
      writeFileSync(text, "not a picture")
      writeFileSync(picture, png())
      yield* terminal.write(keys.paste(text))
      yield* terminal.write(` and ${keys.paste(join(project, "missing.png"))} are files`)
      yield* terminal.see("are files")
      yield* terminal.write(keys.enter)
      yield* terminal.see(/Text\.[^]*ready/)
      const messages = yield* sent(sandbox, 0)
      assert.include(messages, `${text} and ${join(project, "missing.png")} are files`)
      assert.deepStrictEqual(imagesIn(messages), [])
      yield* terminal.write(`!wc -c < ${keys.paste(picture)}${keys.enter}`)
      yield* terminal.see(new RegExp(`^ {2}${png().length}$`, "m"))
    }))

  it.scoped("that is deleted before it is sent keeps the prompt, and what follows it, in the input", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start({ inProject: true, script: [{ blocks: [says("Grey.")] }] })
      const picture = join(project, "a.png")
      writeFileSync(picture, png())
      yield* terminal.write("Describe ")
      yield* terminal.write(keys.paste(picture))
      yield* terminal.see("[image a.png")
      rmSync(picture)
      yield* terminal.write(keys.enter)
      yield* terminal.see(
        /a\.png can't be attached: the file does not exist\.\n *Nothing was sent[^]*› Describe @\S*a\.png/
      )
      writeFileSync(picture, png(2, 2))
      yield* terminal.write(keys.enter)
      yield* terminal.see(/Grey\.[^]*ready/)
      assert.deepStrictEqual(imagesIn(yield* sent(sandbox, 0)), [["png", png(2, 2)]])
    }))

  it.scoped("is refused at once if it is too large or damaged", () =>
    Effect.gen(function*() {
      const { project, terminal } = yield* start({ inProject: true })
      writeFileSync(join(project, "large.png"), png(1, 1, 4_000_000))
      writeFileSync(join(project, "cut.png"), png(9, 9).subarray(0, 50))
      yield* terminal.write(keys.paste(join(project, "large.png")))
      yield* terminal.see(
        /large\.png can't be attached: it is 4\.01 MB; the limit is\s+3\.75 MB[^]*Make a smaller copy first/
      )
      yield* terminal.write(keys.ctrl("c"))
      yield* terminal.write(keys.paste(join(project, "cut.png")))
      yield* terminal.see(/cut\.png can't be attached: it is truncated/)
    }))

  it.scoped("is not sent to a model that does not accept images", () =>
    Effect.gen(function*() {
      const { project, sandbox, terminal } = yield* start({
        inProject: true,
        args: ["-m", "amazon-bedrock/amazon.nova-micro-v1:0"]
      })
      writeFileSync(join(project, "a.png"), png())
      yield* ask(terminal, "What is @a.png")
      yield* terminal.see(/Nova Micro does not accept images\.[^]*\/model[^]*› What is @a\.png/)
      assert.isEmpty((yield* sandbox.requests).filter(({ method }) => method === "POST"))
    }))

  for (const [columns, rows] of [[100, 30], [40, 12]] as const) {
    it.scoped(`is taken from the clipboard with Ctrl-V (${columns} × ${rows})`, () =>
      Effect.gen(function*() {
        const programs = join("/tmp", `images-programs-${process.pid}-${columns}`)
        putProgram(
          programs,
          "wl-paste",
          `case "$*" in --list-types) cat ${programs}/types;; *"--type image/png"*) cat ${programs}/picture;; *) exit 1;; esac`
        )
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(programs, { recursive: true })))
        const { home, sandbox, terminal } = yield* start({
          inProject: true,
          columns,
          rows,
          env: { PATH: `${programs}:${process.env["PATH"]}`, WAYLAND_DISPLAY: "wayland-0" },
          script: [{ blocks: [says("Grey.")] }]
        })
        writeFileSync(join(programs, "types"), "text/plain\nUTF8_STRING\n")
        yield* terminal.write(keys.ctrl("v"))
        yield* terminal.see("There is no image on the clipboard.")
        writeFileSync(join(programs, "types"), "text/html\nimage/png\n")
        writeFileSync(join(programs, "picture"), png(300, 200, 100_000))
        yield* terminal.write(keys.ctrl("v"))
        yield* terminal.see(/\[image clipboar\S+, 300 × 200, \d+ KiB\]/)
        yield* terminal.write(" What is it?")
        yield* terminal.see("What is it?")
        yield* terminal.write(keys.enter)
        yield* terminal.see(/Grey\.[^]*ready/)
        assert.deepStrictEqual(imagesIn(yield* sent(sandbox, 0)), [["png", png(300, 200, 100_000)]])
        assert.notInclude(terminal.everything(), "may contain secrets")
        const outputs = join(home.home, ".local/share/altimate-code/outputs")
        const [file = ""] = readdirSync(outputs)
        assert.match(file, /^clipboard-\d{8}-\d{6}-\d{3}\.png$/)
        assert.strictEqual(statSync(join(outputs, file)).mode & 0o777, 0o600)
        // The history has the path: the next prompt can use the picture again.
        assert.include(readFileSync(join(home.home, ".local/share/altimate-code/history.jsonl"), "utf8"), file)
      }))
  }

  it.scoped("can't be taken from the clipboard without a command for it", () =>
    Effect.gen(function*() {
      const { terminal } = yield* start({ env: { PATH: "/nonexistent", DISPLAY: ":0" } })
      yield* terminal.write(keys.ctrl("v"))
      yield* terminal.see(/Can't read the clipboard[^]*Install xclip/)
    }))
})
