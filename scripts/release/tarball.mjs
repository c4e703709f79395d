// What a tarball contains, and whether another project can use it.

/** Pinned, so that a release does not fail because of a new rule of theirs. */
const publint = "publint@0.3.25"
const attw = "@arethetypeswrong/cli@0.18.5"

/** Lists the files of a tarball without their common directory, and reads its manifest. */
export const readTarball = async (path, execute) => ({
  path,
  files: (await execute("tar", ["-tzf", path])).trim().split("\n").map((name) => name.replace("package/", "")),
  manifest: JSON.parse(await execute("tar", ["-xzOf", path, "package/package.json"]))
})

/** The modules that can be imported, as paths for `attw`, which does not find those behind a `*`. */
const listModules = ({ files, manifest }) =>
  manifest.exports?.["./*"] === undefined
    ? []
    : files.filter((name) => name.startsWith("dist/") && name.endsWith(".js") && !name.startsWith("dist/internal/"))
      .map((name) => name.slice("dist/".length, -".js".length))

export const checkTarball = async (tarball, execute) => {
  const { files, manifest, path } = tarball
  const problems = [
    ...["LICENSE", "README.md"].filter((name) => !files.includes(name)).map((name) => `${name} is missing.`),
    ...["description", "license", "repository", "engines"].filter((key) => manifest[key] === undefined).map((key) =>
      `package.json has no "${key}".`
    ),
    ...files.filter((name) => /(^|\/)(test|node_modules)\/|\.tsbuildinfo$|(^|\/)\.env/.test(name)).map((name) =>
      `${name} should not be published.`
    ),
    ...["dependencies", "peerDependencies", "optionalDependencies"].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}).filter(([, range]) => /^(workspace|catalog|link|file):/.test(range)).map((
        [name, range]
      ) => `${kind} has ${name} as ${range}, which npm can't install.`)
    )
  ]
  if (problems.length > 0) throw new Error(problems.join("\n"))
  await execute("npx", ["-y", publint, "--strict", path])
  const modules = listModules(tarball)
  if (modules.length === 0) return
  const entrypoints = ["--entrypoints", ...modules]
  await execute("npx", ["-y", attw, path, "--profile", "esm-only", "--no-emoji", ...entrypoints])
}
