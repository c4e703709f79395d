// Hooks of pnpm while it packs, for scripts/build.mjs.

const kinds = ["dependencies", "peerDependencies", "optionalDependencies", "devDependencies"]

const sort = (versions) => Object.fromEntries(Object.entries(versions).toSorted(([a], [b]) => a < b ? -1 : 1))

module.exports = {
  hooks: {
    // pnpm writes dependencies of the workspace in the order in which it happens to read them. A release that continues an interrupted one needs the same tarballs.
    beforePacking: (manifest) => ({
      ...manifest,
      ...Object.fromEntries(
        kinds.filter((kind) => manifest[kind] !== undefined).map((kind) => [kind, sort(manifest[kind])])
      )
    })
  }
}
