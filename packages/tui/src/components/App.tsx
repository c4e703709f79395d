import { Box, Static, Text, useCursor } from "ink"
import { useSyncExternalStore } from "react"
import type { Block, Store } from "../internal/screen/store.ts"

/** Ink would give an empty line no row. */
const Lines = ({ lines }: { readonly lines: ReadonlyArray<string> }) => (
  <>
    {lines.map((line, index) => (
      // A line has no other identity than its position.
      // oxlint-disable-next-line react/no-array-index-key
      <Text key={index} wrap="truncate">{line === "" ? " " : line}</Text>
    ))}
  </>
)

/** The finished transcript, which scrolls with the terminal, and below it the view that changes. */
export const App = ({ store }: { readonly store: Store }) => {
  const { blocks, generation, view } = useSyncExternalStore(store.subscribe, store.snapshot)
  const { setCursorPosition } = useCursor()
  setCursorPosition(view.cursor === undefined ? undefined : { x: view.cursor.column, y: view.cursor.row })
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
        <Lines lines={view.lines} />
      </Box>
    </>
  )
}
