import { assert, describe, it } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import * as Redacted from "effect/Redacted"
import * as Keys from "../../src/internal/input/keys.ts"
import * as Setup from "../../src/internal/setup/setup.ts"
import * as SetupUpdate from "../../src/internal/setup/setupUpdate.ts"
import * as SetupView from "../../src/internal/setup/setupView.ts"
import { dark, plain } from "../../src/internal/terminal/theme.ts"
import { measureWidth } from "../../src/internal/terminal/themedText.ts"

const models = [
  { id: "m-opus", name: "Opus", family: "Anthropic" },
  { id: "m-sonnet", name: "Sonnet", family: "Anthropic" }
]

const start = () => Setup.make({ region: "us-east-1", model: "m-sonnet" }, models)

/** Presses the keys, and collects the type of each result. */
const press = (setup: Setup.Setup, ...keys: ReadonlyArray<string>) => {
  let now = setup
  const results: Array<SetupUpdate.Result["type"]> = []
  for (const sent of keys) {
    const { decoder, keys } = Keys.decode(Keys.start, sent)
    for (const key of [...keys, ...Keys.flush(decoder).keys]) {
      const result = SetupUpdate.update(now, key)
      results.push(result.type)
      if (result.type !== "quit") now = result.setup
    }
  }
  return { setup: now, results }
}

/** Types answers up to the test of the endpoint and the credential, which succeeds. */
const pressToModel = (...others: ReadonlyArray<string>) => {
  const { setup } = press(start(), ...toModel)
  return press(Setup.askForModel(setup, models), ...others)
}

const draw = (setup: Setup.Setup, width = 80) => SetupView.render(setup, { width, theme: plain }, 24).lines.join("\n")

const toModel = ["https://gw.example.com", "\r", "\r", "\r", "a-token", "\r"]

describe("Setup", () => {
  it("asks for gateway, region, credential and model, then tests them", () => {
    const { results, setup } = pressToModel("\r")
    assert.strictEqual(results.at(-1), "attempting")
    const answers = Setup.answersOf(setup)
    assertSome(answers.baseURL, "https://gw.example.com")
    assert.strictEqual(answers.region, "us-east-1")
    assert.strictEqual(answers.model, "m-sonnet")
    assert.strictEqual(answers.credential._tag === "Token" && Redacted.value(answers.credential.token), "a-token")
  })

  it("tests the endpoint and the credential as soon as both are known, then offers the models that the gateway lists", () => {
    const { results, setup } = press(start(), ...toModel)
    assert.strictEqual(results.at(-1), "checking")
    assert.include(draw(setup), "… testing the endpoint and the credential · esc: stop")
    const listed = [{ id: "claude-prod", name: "Claude (prod)", family: "listed here" }]
    const asked = Setup.askForModel(setup, listed)
    assert.include(draw(asked), "Claude (prod)")
    assert.strictEqual(Setup.answersOf(press(asked, "\r").setup).model, "claude-prod")
  })

  it("accepts a model that only the gateway knows", () => {
    const { results, setup } = pressToModel("claude-prod", "\r")
    assert.strictEqual(results.at(-1), "attempting")
    assert.strictEqual(Setup.answersOf(setup).model, "claude-prod")
  })

  it("uses AWS directly without a gateway", () => {
    assertNone(Setup.answersOf(press(start(), "\r").setup).baseURL)
  })

  it("explains an invalid answer and repeats the question", () => {
    assert.include(draw(press(start(), "my gateway", "\r").setup), "This is not a URL.")
    assert.include(draw(press(start(), "ftp://gw.example.com", "\r").setup), "This is not a URL.")
    assert.include(draw(press(start(), "https://me:pw@gw.example.com", "\r").setup), "user name or a password")
    assert.include(draw(press(start(), "\r", "\x15", "here", "\r").setup), "This is not an AWS region.")
    assert.include(draw(press(start(), "\r", "\r", "\r", "\r").setup), "The token is empty.")
    assert.include(
      draw(press(start(), "\r", "\r", "\r", "a-to\u200bken", "\r").setup),
      "The token has a zero-width space (U+200B) at position 5"
    )
  })

  it("adds https:// to a host without a scheme, and shows that before it is used", () => {
    for (const typed of ["gw.example.com", "gw.example.com:8443/bedrock/v1"]) {
      const { setup } = press(start(), typed, "\r")
      assert.include(draw(setup), "The URL had no scheme, so https:// was added.")
      assert.strictEqual(setup.gateway.text, `https://${typed}`)
      const next = press(setup, "\r").setup
      assert.strictEqual(next.step, "region")
      assertSome(Setup.answersOf(next).baseURL, `https://${typed}`)
    }
  })

  it("adds http:// to a server on this machine", () => {
    for (const typed of ["127.0.0.1:8080", "localhost:8080/v1", "[::1]:8080"]) {
      const { setup } = press(start(), typed, "\r")
      assert.include(draw(setup), "· The URL had no scheme, so http:// was added.")
      assert.strictEqual(setup.gateway.text, `http://${typed}`)
    }
  })

  it("notices two URLs in one answer", () => {
    assert.include(draw(press(start(), "http://gw/v1https://gw/v1", "\r").setup), "There are two URLs.")
  })

  it("ticks no answer, because only the test request shows whether it is right", () => {
    const screen = draw(press(start(), "https://gw.example.com", "\r", "\r").setup)
    assert.include(screen, "· Gateway     https://gw.example.com")
    assert.notInclude(screen, "✓")
  })

  it("clears what was typed into a list on ctrl-c, and quits only if there is nothing", () => {
    const toCredential = press(start(), "https://gw.example.com", "\r", "\r").setup
    const failed = Setup.markFailed(pressToModel("\r").setup, { message: "no", hint: "" }, "unknown")
    for (
      const [list, setup] of [
        ["credentialKinds", toCredential],
        ["models", pressToModel().setup],
        ["remedies", failed]
      ] as const
    ) {
      const typed = press(setup, "zzz")
      assert.strictEqual(typed.setup[list].filter.text, "zzz")
      const cleared = press(typed.setup, "\x03")
      assert.deepStrictEqual(cleared.results, ["open"])
      assert.strictEqual(cleared.setup[list].filter.text, "")
      assert.deepStrictEqual(press(cleared.setup, "\x03").results, ["quit"])
    }
  })

  it("clears the answer on ctrl-c, and quits only if there is none", () => {
    const typed = press(start(), "https://wrong", "\x03")
    assert.strictEqual(typed.setup.gateway.text, "")
    assert.deepStrictEqual(press(typed.setup, "\x03").results, ["quit"])
  })

  it("returns to the one question that is wrong, keeps its text, and tests the new answer at once", () => {
    const problem = { message: "Nothing is listening there.", hint: "Check the port." }
    const wrong = Setup.markFailed(press(start(), ...toModel).setup, problem, "endpoint")
    assert.strictEqual(wrong.step, "gateway")
    assert.include(draw(wrong), "✗ Nothing is listening there.\n  Check the port.\n› https://gw.example.com")
    assert.notInclude(draw(wrong), "✓")
    const { results, setup } = press(wrong, "/v1", "\r")
    assert.strictEqual(results.at(-1), "checking")
    const { baseURL, credential } = Setup.answersOf(setup)
    assertSome(baseURL, "https://gw.example.com/v1")
    assert.strictEqual(credential._tag === "Token" && Redacted.value(credential.token), "a-token")
  })

  it("returns to the region if there is no gateway, and to the profile if that is the credential", () => {
    const problem = { message: "No.", hint: "" }
    const region = Setup.markFailed(press(start(), "\r", "\r", "\r", "a-token", "\r").setup, problem, "endpoint")
    assert.strictEqual(region.step, "region")
    const profile = press(start(), "\r", "\r", "\x1b[B", "\r", "\r").setup
    assert.strictEqual(Setup.markFailed(profile, problem, "credential").step, "profile")
    const chain = Setup.markFailed(press(start(), "\r", "\r", "\x1b[B", "\x1b[B", "\r").setup, problem, "credential")
    assert.include(draw(chain), "✗ No.")
    assert.strictEqual(press(chain, "\r").results.at(-1), "checking")
    assert.strictEqual(press(chain, "\x1b[A", "\x1b[A", "\r").setup.step, "token")
  })

  it("replaces a token that was refused by what is typed, and tests it at once, with the model if that was chosen", () => {
    const problem = { message: "401 Unauthorized", hint: "Get another one." }
    for (
      const [test, tested] of [
        ["checking", press(start(), ...toModel).setup],
        ["attempting", pressToModel("\r").setup]
      ] as const
    ) {
      const refused = Setup.markFailed(tested, problem, "credential")
      assert.strictEqual(refused.step, "token")
      assert.include(draw(refused), "✗ 401 Unauthorized")
      assert.include(draw(refused), "› ••••••••")
      assert.include(draw(refused), "Enter tries the same one again.")
      const { results, setup } = press(refused, "b-", "token", "\r")
      assert.strictEqual(results.at(-1), test)
      const { credential, model } = Setup.answersOf(setup)
      assert.strictEqual(credential._tag === "Token" && Redacted.value(credential.token), "b-token")
      assert.strictEqual(model, "m-sonnet")
      const same = Setup.answersOf(press(refused, "\r").setup)
      assert.strictEqual(same.credential._tag === "Token" && Redacted.value(same.credential.token), "a-token")
      assert.include(draw(press(refused, "\x1b").setup), test === "checking" ? "Choose a model" : "Save anyway")
    }
  })

  it("replaces a token that is in the field when its question is asked again, but not one that is being typed", () => {
    const tokenOf = (setup: Setup.Setup) => {
      const { credential } = Setup.answersOf(setup)
      return credential._tag === "Token" && Redacted.value(credential.token)
    }
    const problem = { message: "401 Unauthorized", hint: "" }
    const refused = Setup.markFailed(press(start(), ...toModel).setup, problem, "credential")
    const returned = press(refused, "\x1b", "\x1b").setup
    assert.strictEqual(returned.step, "token")
    // Moving the cursor changes nothing.
    assert.strictEqual(tokenOf(press(returned, "\x1b[D", "\r").setup), "a-token")
    assert.strictEqual(tokenOf(press(returned, "b-", "token", "\r").setup), "b-token")
    const again = press(refused, "b-", "\x1b", "\r", "\r", "\r", "\r").setup
    assert.strictEqual(again.step, "token")
    assert.strictEqual(tokenOf(press(again, "c-", "token").setup), "c-token")
    assert.strictEqual(tokenOf(press(pressToModel("\x1b").setup, "d-", "token").setup), "d-token")
  })

  it("says what to do about a refused token on a small terminal, too", () => {
    const problem = {
      message: "The token that you entered was refused (401 Unauthorized).",
      hint: "Get another. ".repeat(30)
    }
    const refused = Setup.markFailed(press(start(), ...toModel).setup, problem, "credential")
    const shown = SetupView.render(refused, { width: 40, theme: plain }, 12).lines
    assert.lengthOf(shown, 12)
    assert.match(shown.join(" "), /Paste another one, which replaces it\. +Enter tries the same one again\. +› •/)
  })

  it("goes on to the model after a first test whose failure names no answer, if the user wants that", () => {
    const failed = Setup.markFailed(press(start(), ...toModel).setup, { message: "503", hint: "" }, "unknown")
    assert.include(draw(failed), "✗ 503")
    assert.notInclude(draw(failed), "· Model")
    assert.notInclude(draw(failed), "Save anyway")
    assert.strictEqual(press(failed, "\x1b[B", "\r").results.at(-1), "checking")
    const { results, setup } = press(failed, "\x1b[B", "\x1b[B", "\r", "\r")
    assert.strictEqual(results.at(-1), "attempting")
    assert.strictEqual(setup.step, "attempting")
  })

  it("marks no answer as right after a failure that any of them may have caused", () => {
    const failed = Setup.markFailed(pressToModel("\r").setup, { message: "No.", hint: "" }, "unknown")
    assert.notInclude(draw(failed), "✓")
    assert.include(draw(failed), "· Gateway")
  })

  it("removes a copied prefix and quotes from the token", () => {
    const { credential } = Setup.answersOf(press(start(), "\r", "\r", "\r", "Bearer 'a-token'", "\r").setup)
    assert.strictEqual(credential._tag === "Token" && Redacted.value(credential.token), "a-token")
  })

  it("asks for a profile, or for nothing with the default AWS credentials", () => {
    const profile = press(start(), "\r", "\r", "\x1b[B", "\r", "\x15", "work", "\r").setup
    assert.strictEqual(profile.step, "checking")
    assert.deepStrictEqual(Setup.answersOf(profile).credential, { _tag: "Profile", name: "work" })
    const chain = press(start(), "\r", "\r", "\x1b[B", "\x1b[B", "\r").setup
    assert.strictEqual(chain.step, "checking")
    assert.deepStrictEqual(Setup.answersOf(chain).credential, { _tag: "Chain" })
  })

  it("never shows the token or its length", () => {
    const typed = press(start(), "\r", "\r", "\r", "abc").setup
    assert.notInclude(draw(typed), "abc")
    assert.strictEqual(draw(typed), draw(press(typed, "defghijklmnopqrst").setup))
    const tested = press(start(), ...toModel).setup
    assert.notInclude(draw(tested), "a-token")
    assert.notInclude(draw(Setup.markFailed(tested, { message: "No.", hint: "" }, "credential")), "a-token")
  })

  it("returns to the previous question on Esc and quits from the first", () => {
    let { setup } = pressToModel()
    const steps = []
    for (let count = 0; count < 4; count++) {
      setup = press(setup, "\x1b").setup
      steps.push(setup.step)
    }
    assert.deepStrictEqual(steps, ["token", "credential", "region", "gateway"])
    assert.strictEqual(setup.gateway.text, "https://gw.example.com")
    assert.deepStrictEqual(press(setup, "\x1b").results, ["quit"])
  })

  it("saves answers that failed only if the user asks for it", () => {
    const failed = Setup.markFailed(
      pressToModel("\r").setup,
      { message: "403 Forbidden", hint: "Ask for another token." },
      "unknown"
    )
    assert.include(draw(failed), "✗ 403 Forbidden\n  Ask for another token.")
    assert.deepStrictEqual(press(failed, "\x1b[B", "\r").results.at(-1), "attempting")
    assert.deepStrictEqual(press(failed, "\x1b[B", "\x1b[B", "\r").results.at(-1), "save")
    assert.strictEqual(press(failed, "\r").setup.step, "gateway")
  })

  it("stops a test on Esc", () => {
    const attempting = pressToModel("\r", "\x1b")
    assert.strictEqual(attempting.results.at(-1), "stop")
    assert.strictEqual(attempting.setup.step, "model")
    const checking = press(start(), ...toModel, "\x1b")
    assert.strictEqual(checking.results.at(-1), "stop")
    assert.strictEqual(checking.setup.step, "token")
  })

  it("keeps the focused line visible in a terminal of any height", () => {
    const problem = { message: "No. ".repeat(90), hint: "Ask." }
    const failed = Setup.markFailed(pressToModel("\r").setup, problem, "unknown")
    const refused = Setup.markFailed(pressToModel("\r").setup, problem, "credential")
    const cases = [
      [start(), "› "],
      [press(start(), "\r", "\r", "\x1b[B").setup, "› With an AWS profile"],
      [pressToModel().setup, "› Sonnet"],
      [refused, "› "],
      [press(failed, "\x1b[B", "\x1b[B").setup, "› Save anyway"]
    ] as const
    for (const [setup, selected] of cases) {
      for (let rows = 3; rows <= 30; rows++) {
        if (setup === failed || setup === refused) {
          const { lines } = SetupView.render(setup, { width: 40, theme: plain }, 10)
          assert.include(lines.join("\n"), "✗ No.")
        }
        const { cursor, lines } = SetupView.render(setup, { width: 40, theme: plain }, rows)
        assert.isAtMost(lines.length, rows)
        assert.isTrue(lines.some((line) => line.startsWith(selected)), `${selected} in ${rows} rows`)
        if (cursor !== undefined) assert.isTrue(lines[cursor.row]?.startsWith("› "))
      }
    }
  })

  it("fits any width", () => {
    for (const keys of [[], ["x", "\r"], toModel.slice(0, 3), toModel, [...toModel, "\r"]]) {
      const { setup } = press(start(), ...keys)
      for (let width = 20; width <= 200; width += 9) {
        for (const line of SetupView.render(setup, { width, theme: dark }, 20).lines) {
          assert.isAtMost(measureWidth(line), width, line)
        }
      }
    }
  })
})
