import type { Environment } from "@altimate-code/agent/Workspace"
import * as CommandOutput from "@altimate-code/system/CommandOutput"
import * as MediaType from "@altimate-code/system/MediaType"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"

/** There is no picture, or none that can be reached. */
export class ClipboardError extends Data.TaggedError("ClipboardError")<{
  readonly message: string
  readonly hint: string
}> {}

/** How a program prints the picture on the clipboard. */
interface Source {
  readonly program: string
  /** Prints the types that the clipboard offers, one per line. If absent, `read` prints nothing if there is no picture. */
  readonly list?: ReadonlyArray<string>
  readonly read: (type: string) => ReadonlyArray<string>
  readonly decode: (output: Uint8Array) => Uint8Array
}

/** The best first. */
const types = ["image/png", "image/jpeg", "image/webp", "image/gif"]

const unchanged = (output: Uint8Array): Uint8Array => output
const textOf = (output: Uint8Array): string => Buffer.from(output).toString("latin1")

const wlPaste: Source = {
  program: "wl-paste",
  list: ["--list-types"],
  read: (type) => ["--no-newline", "--type", type],
  decode: unchanged
}

const xclip: Source = {
  program: "xclip",
  list: ["-selection", "clipboard", "-t", "TARGETS", "-o"],
  read: (type) => ["-selection", "clipboard", "-t", type, "-o"],
  decode: unchanged
}

const pngpaste: Source = { program: "pngpaste", read: () => ["-"], decode: unchanged }

/** AppleScript prints data as `«data PNGf89504E47…»`. */
const osascript: Source = {
  program: "osascript",
  read: () => ["-e", "the clipboard as «class PNGf»"],
  decode: (output) => Buffer.from(/PNGf([0-9A-F]+)/i.exec(textOf(output))?.[1] ?? "", "hex")
}

const powershell: Source = {
  program: "powershell.exe",
  read: () => [
    "-NoProfile",
    "-NonInteractive",
    "-STA",
    "-Command",
    "Add-Type -AssemblyName System.Windows.Forms; $image = [System.Windows.Forms.Clipboard]::GetImage(); "
    + "if ($image) { $stream = New-Object System.IO.MemoryStream; "
    + "$image.Save($stream, [System.Drawing.Imaging.ImageFormat]::Png); [Convert]::ToBase64String($stream.ToArray()) }"
  ],
  decode: (output) => Buffer.from(textOf(output), "base64")
}

/** Whether the program runs in the Windows Subsystem for Linux. */
export const isWsl = (env: Environment): boolean =>
  env["WSL_DISTRO_NAME"] !== undefined || env["WSL_INTEROP"] !== undefined

const sourcesFor = (env: Environment, platform: NodeJS.Platform): ReadonlyArray<Source> => {
  if (platform === "darwin") return [pngpaste, osascript]
  if (platform === "win32") return [powershell]
  const unix = env["WAYLAND_DISPLAY"] ? [wlPaste, xclip] : [xclip, wlPaste]
  return isWsl(env) ? [powershell, ...unix] : unix
}

/** PowerShell alone takes seconds to start. */
const timeLimit = Duration.seconds(15)

/** Text, as some programs print the picture, is twice as long. */
const maxOutputSize = 100 * 1024 * 1024

const isOnPath = (program: string, env: Environment) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const directories = (env["PATH"] ?? "").split(process.platform === "win32" ? ";" : ":").filter((name) =>
      name !== ""
    )
    return yield* Effect.exists(
      directories,
      (directory) =>
        Effect.orElseSucceed(
          Effect.map(fs.stat(path.join(directory, program)), ({ type }) => type === "File"),
          () => false
        )
    )
  })

const noProgram = (env: Environment): ClipboardError =>
  new ClipboardError({
    message: "Can't read the clipboard: no clipboard program is installed.",
    hint: isWsl(env)
      ? "Add powershell.exe to the PATH. Or paste the path of the file, or drop the file on the window."
      : env["WAYLAND_DISPLAY"]
      ? "Install wl-clipboard (wl-paste). Or paste the path of the file, or drop the file on the window."
      : env["DISPLAY"]
      ? "Install xclip. Or paste the path of the file, or drop the file on the window."
      : "Install xclip or wl-clipboard (wl-paste). Over SSH, copy the file to this machine and mention it: @path."
  })

/**
 * Reads the picture on the system's clipboard with the first installed command that finds one. Fails if there is no command, or no picture.
 */
export const read = (env: Environment, platform: NodeJS.Platform) =>
  Effect.gen(function*() {
    const sources = yield* Effect.filter(sourcesFor(env, platform), ({ program }) => isOnPath(program, env))
    if (sources.length === 0) return yield* noProgram(env)
    const run = (program: string, args: ReadonlyArray<string>) =>
      CommandOutput.run([program, ...args], {
        outputName: "picture",
        environment: env,
        timeLimit,
        onStderrLine: () => Effect.void,
        maxOutputSize
      }).pipe(Effect.mapError((why) => `${program}: ${why}`))
    const readFrom = ({ decode, list, program, read }: Source) =>
      Effect.gen(function*() {
        const offered = list === undefined ? types : textOf(yield* run(program, list)).split(/\s+/)
        const type = types.find((type) => offered.includes(type))
        if (type === undefined) return undefined
        const bytes = decode(yield* run(program, read(type)))
        return MediaType.of(bytes)?.startsWith("image/") === true ? bytes : undefined
      })
    const failures: Array<string> = []
    for (const source of sources) {
      const found = yield* Effect.either(readFrom(source))
      if (Either.isLeft(found)) failures.push(found.left)
      else if (found.right !== undefined) return found.right
    }
    // Without a picture, most of these commands fail.
    const why = failures.length === sources.length ? ` (${failures.join("; ")})` : ""
    return yield* new ClipboardError({
      message: `There is no image on the clipboard${why}.`,
      hint: "To paste text, use your terminal's own key."
    })
  })
