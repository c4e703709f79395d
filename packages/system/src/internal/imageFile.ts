/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The size of a whole image, or what is wrong with it. Throws a `RangeError` when it ends too early. */
export type Measure = (file: Buffer) => Size | string

export const noPicture = "it holds no picture"
export const damagedHeader = "its header is damaged"

/** A part of a file; throws when the file ends before it. */
export const part = (file: Buffer, start: number, length: number): Buffer => {
  if (start + length > file.length) throw new RangeError("the file ends here")
  return file.subarray(start, start + length)
}
