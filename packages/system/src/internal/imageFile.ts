/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Reads the size of a complete image, or says what is wrong with it. Throws a `RangeError` if the file is truncated. */
export type Measure = (file: Buffer) => Size | string

export const noImageData = "it contains no image data"
export const damagedHeader = "its header is damaged"

/** A part of a file; throws if the file is truncated. */
export const part = (file: Buffer, start: number, length: number): Buffer => {
  if (start + length > file.length) throw new RangeError("the file ends here")
  return file.subarray(start, start + length)
}
