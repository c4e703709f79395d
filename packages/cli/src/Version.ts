declare const ALTIMATE_CODE_VERSION: string | undefined

/** The version of the package, inserted by the bundler. */
export const version: string = typeof ALTIMATE_CODE_VERSION === "undefined" ? "development" : ALTIMATE_CODE_VERSION
