/** Determines the prefix of a command that "always" would allow. */
import { isPassive } from "./programs/passivePrograms.ts"

/** Commands that can't be undone, write to any file or connect to any host. "Always" allows only exactly the same command. */
const irreversible = new Set(
  ("chgrp chmod chown cp csplit curl dd gunzip gzip install kill killall link ln mv patch pkill rm rmdir shred shuf tee truncate uniq \
unlink unset unzip xxd xz yq").split(" ")
)

/**
 * Prefixes that determine what a command does. Further arguments either change little or make the command opaque (see
 * `knownPrograms.ts`). `_` stands for any word, such as the name of a script.
 */
const prefixes = new Set(
  `cargo bench|cargo build|cargo check|cargo clippy|cargo doc|cargo fmt|cargo metadata|cargo run|cargo test|cargo tree|
docker compose logs|docker compose ps|docker images|docker inspect|docker logs|docker ps|
gh issue list|gh issue view|gh pr checks|gh pr diff|gh pr list|gh pr status|gh pr view|gh run list|gh run view|
git add|git apply|git blame|git branch|git check-ignore|git cherry|git commit|git count-objects|git describe|git diff|git diff-files|
git diff-index|git diff-tree|git for-each-ref|git fsck|git grep|git log|git ls-files|git ls-tree|git merge-base|git mv|git name-rev|
git range-diff|git reflog|git remote add|git remote get-url|git remote show|git rev-list|git rev-parse|git shortlog|git show|git show-ref|
git stash list|git stash pop|git stash push|git stash show|git status|git switch|git tag|git version|git whatchanged|
go build|go doc|go fmt|go list|go test|go version|go vet|make _|npm audit|npm ci|npm list|
npm ls|npm outdated|npm run _|npm run-script _|npm start|npm test|npm view|pip freeze|pip list|pip show|pnpm list|pnpm outdated|pnpm run _|
pnpm test|pnpm why|rg|sort|yarn list|yarn run _|yarn test|yarn why`.split("|").map((words) => words.trim())
)

const isPlain = (word: string): boolean => /^[\w@%+=:,./^][\w@%+=:,./^-]*$/.test(word)

/** Returns the first words that identify the command; `undefined` if only the whole command does. */
export const findCommandPrefix = (subject: string): string | undefined => {
  const words = subject.split(" ")
  const [name = ""] = words
  if (isPassive(name)) return irreversible.has(name) ? undefined : name
  for (const count of [1, 2, 3]) {
    const first = words.slice(0, count)
    if (first.length < count || !first.every(isPlain)) return undefined
    if (prefixes.has(first.join(" ")) || (count > 1 && prefixes.has([...first.slice(0, -1), "_"].join(" ")))) {
      return first.join(" ")
    }
  }
  return undefined
}
