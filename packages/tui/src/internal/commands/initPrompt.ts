/** What `/init` sends. */
export const initPrompt =
  "Write an AGENTS.md in the project's root for someone who is new to this project and will work on its code. "
  + "Look at the project first. Write what is not obvious from the code: how to build it, how to run all tests and a single "
  + "one, how it is structured, and which rules its code follows. Keep it under 60 lines. If there is an AGENTS.md or a "
  + "CLAUDE.md already, keep what is right in it, and correct and complete the rest."
