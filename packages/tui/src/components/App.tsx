import { Box, Static, Text, useCursor } from "ink"
import { useSyncExternalStore } from "react"
import type { Block, Store } from "../internal/screen/store.ts"

/** Lines as they are. An empty one takes a row, too. */
const Lines = ({ lines }: { readonly lines: ReadonlyArray<string> }) => (
  <>
    {lines.map((line, index) => (
      // A line is what stands in its place: it has no other name.
      // oxlint-disable-next-line react/no-array-index-key
      <Text key={index} wrap="truncate">{line === "" ? " " : line}</Text>
    ))}
  </>
)

/** The finished part, which the terminal scrolls, and under it the part that changes. */
export const App = ({ store }: { readonly store: Store }) => {
  const { blocks, generation, live } = useSyncExternalStore(store.subscribe, store.snapshot)
  const { setCursorPosition } = useCursor()
  setCursorPosition(live.cursor === undefined ? undefined : { x: live.cursor.column, y: live.cursor.row })
  return (
    <>
      <Static key={generation} items={[...blocks]}>
        {(block: Block) => (
          <Box key={block.key} flexDirection="column">
            <Lines lines={block.lines} />
          </Box>
        )}
      </Static>
      <Box flexDirection="column">
        <Lines lines={live.lines} />
      </Box>
    </>
  )
}
