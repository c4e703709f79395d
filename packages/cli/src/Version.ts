declare const ALTIMATE_CODE_VERSION: string | undefined

/** The version of the package; the bundler writes it in. */
export const version: string = typeof ALTIMATE_CODE_VERSION === "undefined" ? "development" : ALTIMATE_CODE_VERSION
