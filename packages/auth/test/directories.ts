import { Directories } from "@altimate-code/config/Directories"
import * as Layer from "effect/Layer"

export const directories = (home: string) =>
  Layer.succeed(Directories, {
    home,
    config: `${home}/.config/altimate-code`,
    data: `${home}/.local/share/altimate-code`,
    cache: `${home}/.cache/altimate-code`,
    cwd: home
  })
