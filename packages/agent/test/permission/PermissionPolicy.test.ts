import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { decide, decideAll } from "../../src/internal/permission/decide.ts"
import { splitCommandLine } from "../../src/internal/shell/splitCommandLine.ts"
import * as PermissionPolicy from "../../src/permission/PermissionPolicy.ts"
import * as PermissionRules from "../../src/permission/PermissionRules.ts"
import type { Rules } from "../../src/permission/PermissionRules.ts"
import type { Action } from "../../src/tools/ToolCall.ts"

const action = (permission: string, subject: string): Action => ({ parts: [{ permission, subject }], title: subject })

const bash = (command: string): Action => ({ parts: splitCommandLine(command, new Set()), title: command })

const verdict = (rules: Rules | undefined, action: Action) => decide(rules, action, []).verdict

const always = (action: Action) =>
  decide(undefined, action, []).patterns.map(({ pattern, permission }) => `${permission} ${pattern}`)

describe("without rules", () => {
  for (
    const [permission, subject, expected] of [
      ["read", "src/main.ts", "allow"],
      ["glob", ".", "allow"],
      ["grep", ".", "allow"],
      ["read", ".env", "ask"],
      ["read", "a/.env.local", "ask"],
      ["read", "prod.env", "ask"],
      ["read", ".env.example", "allow"],
      ["read", ".ENV", "ask"],
      ["read", ".env.sample", "ask"],
      ["read", "sub/.npmrc", "ask"],
      ["read", ".git/config", "ask"],
      ["read", "tls/server.pem", "ask"],
      ["read", "environment.ts", "allow"],
      ["edit", "a", "ask"],
      ["bash", "ls", "ask"],
      ["external_directory", "/etc/hosts", "ask"],
      ["server_tool", "*", "ask"]
    ] as const
  ) {
    it(`${permission} of ${subject}: ${expected}`, () => {
      assert.strictEqual(verdict(undefined, action(permission, subject)), expected)
    })
  }
})

describe("patterns", () => {
  const rules: Rules = {
    bash: {
      "*": "ask",
      "git *": "allow",
      "git push *": "deny",
      "git push origin dev": "allow",
      "rm *": "deny",
      "np?": "allow"
    }
  }
  for (
    const [command, expected] of [
      ["git status", "allow"],
      ["git", "allow"],
      ["gitk", "ask"],
      ["git push", "deny"],
      ["git push origin main", "deny"],
      ["git push origin dev", "allow"],
      ["git log\nrm x", "deny"],
      ["git log \"a\nb\"", "allow"],
      ["npm", "allow"],
      ["np", "ask"],
      ["npmx", "ask"],
      ["ls && git status", "ask"],
      ["git status | git log", "allow"],
      ["ls && rm x", "deny"],
      ["sudo rm x", "deny"],
      ["/bin/rm x", "deny"],
      ["./git status", "ask"],
      ["git -C x push", "deny"],
      ["git log > x", "ask"],
      ["git $what", "ask"],
      ["$git status", "ask"],
      ["git \"log", "ask"]
    ] as const
  ) {
    it(`${JSON.stringify(command)}: ${expected}`, () => {
      assert.strictEqual(verdict(rules, bash(command)), expected)
    })
  }

  it("of the same length: the stricter one decides, in any order", () => {
    assert.strictEqual(verdict({ edit: { "a*": "allow", "*b": "deny" } }, action("edit", "ab")), "deny")
    assert.strictEqual(verdict({ edit: { "*b": "deny", "a*": "allow" } }, action("edit", "ab")), "deny")
  })

  it("match literal * and ? after a backslash", () => {
    const rules: Rules = { bash: { "ls \\*": "allow" } }
    assert.strictEqual(verdict(rules, action("bash", "ls *")), "allow")
    assert.strictEqual(verdict(rules, action("bash", "ls x")), "ask")
  })

  it("match the special characters of regular expressions literally", () => {
    assert.strictEqual(verdict({ edit: { "a.(b)[c]+$": "allow" } }, action("edit", "a.(b)[c]+$")), "allow")
    assert.strictEqual(verdict({ edit: { "a.b": "allow" } }, action("edit", "axb")), "ask")
  })

  it("match a character outside the basic plane with one ?", () => {
    assert.strictEqual(verdict({ edit: { "?": "allow" } }, action("edit", "😀")), "allow")
  })

  it("other than * do not allow opaque subjects", () => {
    assert.strictEqual(verdict({ bash: { "$*": "allow", "*x": "allow" } }, bash("$CMD x")), "ask")
    assert.strictEqual(verdict({ bash: { "*": "allow" } }, bash("$CMD x")), "allow")
    assert.strictEqual(verdict({ bash: "allow" }, bash("$CMD x")), "allow")
    assert.strictEqual(verdict({ bash: { "*": "allow", "rm *": "deny" } }, bash("$CMD x")), "ask")
    assert.strictEqual(verdict({ bash: { "*": "allow", "rm *": "ask" } }, bash("{rm,x}")), "ask")
    assert.strictEqual(verdict({ bash: { "*": "allow", "rm *": "deny", "$CMD x": "allow" } }, bash("$CMD x")), "allow")
    assert.strictEqual(verdict({ bash: { "*": "allow", "rm *": "deny" } }, bash("ls x")), "allow")
    assert.strictEqual(verdict({ bash: { "*": "allow", "*x": "deny" } }, bash("$CMD x")), "deny")
  })
})

describe("a file that other programs execute", () => {
  const file = ".github/workflows/ci.yml"
  const verdictOfEdit = (rules: Rules | undefined, subject: string) => verdict(rules, action("edit", subject))

  for (
    const [rules, subject, expected] of [
      ["allow", file, "ask"],
      ["deny", file, "deny"],
      [{ edit: "allow" }, file, "ask"],
      [{ "*": "allow" }, file, "ask"],
      [{ edit: "allow" }, "src/main.ts", "allow"],
      [{ "*": "allow" }, "src/main.ts", "allow"],
      [{ edit: "deny" }, file, "deny"],
      [{ edit: { "*": "allow", "*.yml": "allow" } }, file, "ask"],
      [{ edit: { "*/ci.yml": "allow" } }, file, "ask"],
      [{ edit: { ".*": "allow" } }, file, "ask"],
      [{ edit: { ".git*": "allow" } }, file, "ask"],
      [{ edit: { ".githu?/*": "allow" } }, file, "ask"],
      [{ edit: { ".github/*": "allow" } }, file, "allow"],
      [{ edit: { ".github/**": "allow", "*": "allow" } }, file, "allow"],
      [{ edit: { "*.github/workflows/*": "allow" } }, file, "allow"],
      [{ edit: { [file]: "allow" } }, file, "allow"],
      [{ "*": { ".github/*": "allow" } }, file, "allow"],
      [{ edit: { ".github/*": "allow", ".github/workflows/*": "deny" } }, file, "deny"],
      [{ edit: { ".github/*": "allow", "*g*i*t*h*u*b*": "allow" } }, file, "allow"],
      [{ edit: { ".git/*": "allow" } }, ".git/hooks/pre-commit", "allow"],
      [{ edit: { ".git*": "allow" } }, ".git/hooks/pre-commit", "ask"],
      [{ edit: { "*hooks*": "allow" } }, ".git/hooks/pre-commit", "ask"],
      [{ edit: { "*/.npmrc": "allow" } }, "sub/.npmrc", "allow"],
      [{ edit: { "*.npmrc": "allow" } }, ".npmrc", "allow"],
      [{ edit: { "*rc": "allow" } }, ".npmrc", "ask"],
      [{ edit: { ".env*": "allow" } }, ".envrc", "ask"],
      [{ edit: { "Jenkinsfile": "allow" } }, "Jenkinsfile", "allow"]
    ] as const
  ) {
    it(`${JSON.stringify(rules)}, ${subject}: ${expected}`, () =>
      assert.strictEqual(verdictOfEdit(rules, subject), expected))
  }

  it("is allowed by a grant for exactly that file, even if its name is ordinary", () => {
    const there: Action = {
      parts: [{ permission: "edit", subject: "x.conf", executedAs: ["etc"] }],
      title: ""
    }
    assert.strictEqual(verdict({ edit: "allow" }, there), "ask")
    const { patterns } = decide({ edit: "allow" }, there, [])
    assert.deepStrictEqual(patterns, [{ permission: "edit", pattern: "x.conf" }])
    assert.strictEqual(decide({ edit: "allow" }, there, patterns).verdict, "allow")
    const all = [{ permission: "edit", pattern: "*" }]
    assert.strictEqual(decide({ edit: "allow" }, there, all).verdict, "ask")
  })

  it("may be read", () => {
    assert.strictEqual(verdict(undefined, action("read", file)), "allow")
  })
})

describe("names", () => {
  it("are not needed for one verdict, which applies even to files that need permission by default", () => {
    assert.strictEqual(verdict("deny", action("read", "a")), "deny")
    assert.strictEqual(verdict("allow", action("read", ".env")), "allow")
  })

  it("without a matching rule use the rules for *", () => {
    const rules: Rules = { "*": "deny", edit: "allow", bash: { "ls *": "allow" } }
    assert.strictEqual(verdict(rules, action("read", "a")), "deny")
    assert.strictEqual(verdict(rules, action("edit", "a")), "allow")
    assert.strictEqual(verdict(rules, bash("ls x")), "allow")
    assert.strictEqual(verdict(rules, bash("rm x")), "deny")
  })

  it("without any matching rule use the defaults", () => {
    const rules: Rules = { read: { "secret/*": "deny" } }
    assert.strictEqual(verdict(rules, action("read", "secret/a")), "deny")
    assert.strictEqual(verdict(rules, action("read", "a")), "allow")
    assert.strictEqual(verdict(rules, action("read", ".env")), "ask")
  })

  it("may have wildcards, for all tools of a server", () => {
    const rules: Rules = { "files_*": "allow", "files_delete": "deny" }
    assert.strictEqual(verdict(rules, action("files_list", "*")), "allow")
    assert.strictEqual(verdict(rules, action("files_delete", "*")), "deny")
    assert.strictEqual(verdict(rules, action("other_list", "*")), "ask")
  })

  it("that are properties of every object have no rules", () => {
    assert.strictEqual(verdict({}, action("toString", "*")), "ask")
    assert.strictEqual(verdict({}, action("constructor", "*")), "ask")
  })
})

describe("the reason", () => {
  it("names the rule and the part", () => {
    const { because } = decide(
      { bash: { "ls *": "allow", "rm *": "deny" } },
      bash("ls && rm -rf x"),
      []
    )
    assert.strictEqual(because, "the rule permission.bash \"rm *\": deny applies to `rm -rf x`")
  })

  it("is about the file itself rather than about its place outside the project", () => {
    const because = (parts: Action["parts"]) => decide({ edit: "allow" }, { parts, title: "" }, []).because
    const outside = { permission: "external_directory", subject: "/x" }
    assert.strictEqual(
      because([outside, { permission: "read", subject: "/x", secret: true }]),
      "`/x` may contain secrets"
    )
    assert.strictEqual(
      because([outside, { permission: "edit", subject: "/x/.envrc" }]),
      "other programs may execute `/x/.envrc`"
    )
  })

  it("asks about an action without parts", () => {
    assert.strictEqual(verdict("allow", { parts: [], title: "" }), "ask")
  })
})

describe("an alias of a command", () => {
  it("is denied by a rule that names it", () => {
    assert.strictEqual(verdict({ bash: { "*": "allow", "rm *": "deny" } }, bash("unknown --x rm y")), "deny")
    assert.strictEqual(verdict({ bash: { "*": "allow", "rm *": "ask" } }, bash("unknown --x rm y")), "ask")
    assert.strictEqual(
      verdict({ bash: { "*": "allow", "rm *": "deny", "rm tmp": "allow" } }, bash("unknown rm tmp")),
      "allow"
    )
  })

  it("is not affected by a rule for everything", () => {
    assert.strictEqual(verdict({ bash: { "*": "deny", "unknown *": "allow" } }, bash("unknown rm y")), "allow")
    assert.strictEqual(verdict({ "*": "deny", bash: { "unknown *": "allow" } }, bash("unknown rm y")), "allow")
  })
})

describe("the pattern for always", () => {
  for (
    const [command, expected] of [
      ["ls -la x", ["bash ls *"]],
      ["git status --short", ["bash git status *"]],
      ["git remote add x y", ["bash git remote add *"]],
      ["npm test", ["bash npm test *"]],
      ["npm run test -- -x", ["bash npm run test *"]],
      ["npm run", ["bash npm run"]],
      ["git", ["bash git"]],
      ["make -j4", ["bash make -j4"]],
      ["python -m pytest x", ["bash python -m pytest x"]],
      ["python a.py x", ["bash python a.py x"]],
      ["python -c 'a*'", ["bash python -c 'a\\*'"]],
      ["node -e 1", ["bash node -e 1"]],
      ...("curl https://x|wget https://x|ssh host ls|scp a host:b|sftp host|rsync a host:b|nc host 80|npx eslint a|pnpm dlx x|uvx x|" +
        "bash a.sh|node a.js|ruby a.rb|deno run a.ts|npm install x|pip install x|cp a b|unknown a|docker run a|git push origin main|" +
        "/bin/ls a|find . -name a|xargs ls").split("|")
        .map((command) =>
          [command, command === "xargs ls" ? ["bash xargs ls", "bash ls *"] : [`bash ${command}`]] as const
        ),
      ["rm -rf *.o", ["bash rm -rf \\*.o"]],
      ["bash -c 'ls x'", ["bash bash -c \"ls x\"", "bash ls *"]],
      ["ls | xargs grep x", ["bash ls *", "bash xargs grep x", "bash grep *"]],
      ["$CMD *", ["bash $CMD \\*"]],
      ["ls > a", ["bash ls *", "edit a"]],
      ["git 'a b'", ["bash git 'a b'"]]
    ] as const
  ) {
    it(`of ${command}: ${expected.join(", ")}`, () => {
      assert.deepStrictEqual(always(bash(command)), [...expected])
    })
  }

  it("is the file inside the project, its directory outside, and the tool for MCP tools", () => {
    assert.deepStrictEqual(always(action("edit", "a/[b]*.ts")), ["edit a/[b]\\*.ts"])
    assert.deepStrictEqual(always(action("external_directory", "/x/y")), ["external_directory /x/*"])
    assert.deepStrictEqual(always(action("external_directory", "/x")), ["external_directory /x"])
    assert.deepStrictEqual(always(action("server_tool", "*")), ["server_tool *"])
  })

  it("covers only the parts that need permission", () => {
    const { patterns } = decide({ bash: { "ls *": "allow" } }, bash("ls && date && date"), [])
    assert.deepStrictEqual(patterns, [{ permission: "bash", pattern: "date *" }])
  })

  for (const command of ["ls -la", "npm run x", "rm '*' \\*", "$CMD ?", "curl x | bash", "sudo ls > a", "echo \"a"]) {
    it(`allows ${command} when it is granted, and does not overrule "deny"`, () => {
      const { patterns } = decide(undefined, bash(command), [])
      assert.strictEqual(decide(undefined, bash(command), patterns).verdict, "allow")
      assert.strictEqual(decide("deny", bash(command), patterns).verdict, "deny")
    })
  }

  it("does not cover opaque subjects", () => {
    const granted = [{ permission: "bash", pattern: "ls *" }, { permission: "bash", pattern: "bash" }]
    assert.strictEqual(decide(undefined, bash("ls x"), granted).verdict, "allow")
    assert.strictEqual(decide(undefined, bash("ls \"x"), granted).verdict, "ask")
    assert.strictEqual(decide(undefined, bash("ls | bash"), granted).verdict, "ask")
  })
})

it("matches a name in every Unicode form", () => {
  const rules = { read: { "*": "allow", "caf\u00e9/*": "deny" } } as const
  for (const name of ["caf\u00e9/a.txt", "cafe\u0301/a.txt"]) {
    assert.strictEqual(verdict(rules, action("read", name)), "deny")
  }
})

describe("decideAll", () => {
  const file = { permission: "read", secret: false }
  const all = (
    rules: Rules | undefined,
    granted: ReadonlyArray<{ permission: string; pattern: string }> = []
  ) => Option.getOrUndefined(decideAll(rules, file, granted))
  const sameForAll: ReadonlyArray<Rules | undefined> = [
    undefined,
    "ask",
    "deny",
    { read: "ask" },
    { "*": "deny", bash: { "ls *": "allow" } },
    { "r*": { "*": "ask" }, edit: { "src/*": "allow" } }
  ]
  for (const rules of sameForAll) {
    it(`decides as for each file: ${JSON.stringify(rules)}`, () => {
      assert.isDefined(all(rules))
      for (const subject of ["a", "src/b.ts", "/etc/x"]) {
        assert.strictEqual(
          all(rules),
          decide(rules, { parts: [{ ...file, subject }], title: "" }, []).verdict
        )
      }
    })
  }

  it("does not decide if the rules distinguish between files", () => {
    assert.isUndefined(all({ read: { "*": "allow", "secrets/*": "deny" } }))
    assert.isUndefined(all({ "*": { "a*": "deny" } }))
    assert.isUndefined(all({ read: "ask" }, [{ permission: "read", pattern: "a" }]))
    for (const part of [{ permission: "read" }, { permission: "read", secret: true }, { permission: "edit" }]) {
      assert.isTrue(Option.isNone(decideAll(undefined, part, [])))
    }
  })
})

describe("the layers", () => {
  const rules: Rules = { bash: { "rm *": "deny" } }
  const splitCommandLine = (command: string) =>
    Effect.flatMap(PermissionPolicy.PermissionPolicy, (policy) => policy.decide(bash(command), []))

  it.effect("decide by the rules of the caller", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* splitCommandLine("rm x")).verdict, "ask")
      yield* Effect.gen(function*() {
        assert.strictEqual((yield* splitCommandLine("ls")).verdict, "ask")
        assert.strictEqual((yield* splitCommandLine("rm x")).verdict, "deny")
      }).pipe(Effect.provide(PermissionRules.layer(rules)))
    }).pipe(Effect.provide(PermissionPolicy.layer)))

  it.effect("apply rules that the user adds later", () =>
    Effect.gen(function*() {
      const { allow } = yield* PermissionRules.PermissionRules
      yield* allow({ permission: "bash", pattern: "ls *" })
      assert.strictEqual((yield* splitCommandLine("ls x")).verdict, "allow")
      assert.strictEqual((yield* splitCommandLine("date")).verdict, "ask")
      assert.strictEqual((yield* splitCommandLine("rm x")).verdict, "deny")
    }).pipe(Effect.provide(PermissionRules.layer(rules)), Effect.provide(PermissionPolicy.layer)))

  it.effect("never ask, and still deny, with neverAsk", () =>
    Effect.gen(function*() {
      const policy = yield* PermissionPolicy.PermissionPolicy
      for (const part of [action("edit", ".envrc"), action("read", ".env")]) {
        const { because, verdict } = yield* policy.decide(part, [])
        assert.deepStrictEqual([verdict, because], ["allow", "--yolo"])
      }
      assert.strictEqual((yield* splitCommandLine("ls")).verdict, "allow")
      assert.strictEqual((yield* splitCommandLine("ls && rm x")).verdict, "deny")
    }).pipe(
      Effect.provide(PermissionPolicy.neverAsk("--yolo")),
      Effect.provide(PermissionPolicy.layer),
      Effect.provide(PermissionRules.layer({ ...rules, edit: "allow" }))
    ))
})

describe("a rule that allows a pattern", () => {
  const action = { parts: [{ permission: "bash", subject: "npm test" }], title: "npm test" }
  const grant = { permission: "bash", pattern: "npm test *" }

  it("is added whatever form the rules have", () => {
    const forms: ReadonlyArray<Rules | undefined> = [
      undefined,
      "ask",
      { bash: "ask" },
      { "*": "ask" },
      { bash: { "*": "ask", "rm *": "deny" } }
    ]
    for (const rules of forms) {
      assert.strictEqual(decide(PermissionRules.withAllowed(rules, grant), action, []).verdict, "allow")
    }
  })

  it("leaves the other rules unchanged", () => {
    const rules = { edit: "deny", bash: { "rm *": "deny" } } as const
    assert.deepStrictEqual(PermissionRules.withAllowed(rules, { permission: "bash", pattern: "ls *" }), {
      edit: "deny",
      bash: { "rm *": "deny", "ls *": "allow" }
    })
  })
})
