/** Reads events in batches, because a step of an Effect for each of thousands of events takes most of the time of an answer. */

export interface Batch<A> {
  readonly items: ReadonlyArray<A>
  readonly isEnd: boolean
}

/** Limits how long the first events of a large batch wait for the others. */
const maxItems = 512

/**
 * Returns a function that waits for the next item and takes all that are ready after it: usually those that arrived in one read of the
 * socket. An error is thrown after the items before it were returned. The function must not be called again before it has returned.
 */
export const makeReadBatch = <A>(iterator: AsyncIterator<A>): () => Promise<Batch<A>> => {
  let pending: Promise<IteratorResult<A>> | undefined
  const next = () => {
    const result = pending ?? iterator.next()
    pending = undefined
    return result
  }
  return async () => {
    const items: Array<A> = []
    let result: IteratorResult<A> | undefined = await next()
    const turn = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))
    while (result !== undefined) {
      if (result.done === true) return { items, isEnd: true }
      items.push(result.value)
      if (items.length === maxItems) break
      pending = iterator.next()
      // Its error belongs to the next batch.
      result = await Promise.race([pending, turn]).catch(() => undefined)
      if (result !== undefined) pending = undefined
    }
    return { items, isEnd: false }
  }
}
