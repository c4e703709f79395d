import { assert, describe, it } from "@effect/vitest"
import { clipboardCommands } from "../../src/internal/actions/copyAction.ts"
import { toItems } from "../../src/internal/actions/reports/diffAction.ts"

describe("/copy", () => {
  const programs = (env: Record<string, string>, platform: NodeJS.Platform = "linux") =>
    clipboardCommands(env, platform).map(([program]) => program)

  it("uses the clipboard that is the user's", () => {
    assert.deepStrictEqual(programs({}), [])
    assert.deepStrictEqual(programs({}, "darwin"), ["pbcopy"])
    assert.deepStrictEqual(programs({ SSH_CONNECTION: "a b" }, "darwin"), [])
    assert.deepStrictEqual(programs({ WAYLAND_DISPLAY: "wayland-0", DISPLAY: ":0" }), ["wl-copy", "xclip", "xsel"])
    assert.deepStrictEqual(programs({ SSH_TTY: "/dev/pts/0", TMUX: "/tmp/tmux" }), ["tmux"])
  })
})

describe("/diff", () => {
  it("shows an item for each file", () => {
    const items = toItems(`diff --git a/a b.txt b/a b.txt
index 1..2 100644
--- a/a b.txt
+++ b/a b.txt
@@ -1 +1,2 @@
-old
+new
++++ not a header
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/p.png b/p.png
new file mode 100644
Binary files /dev/null and b/p.png differ
diff --git a/x b/y
similarity index 100%
rename from x
rename to y
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
`)
    assert.deepStrictEqual(items.map(({ diff, summary, title }) => [title, summary, diff !== undefined]), [
      ["a b.txt", "+2 −1", true],
      ["gone.txt", "deleted · +0 −1", true],
      ["p.png", "new · binary", false],
      ["y", "renamed", false],
      ["run.sh", "", false]
    ])
  })
})
