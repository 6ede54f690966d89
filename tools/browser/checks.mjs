// One line for each check, so that a failed run can be read from its output alone.

export class checks {
  passed = 0;
  failed = 0;

  /** Runs `examine`; what it returns, if a string, is printed as a note. */
  async that(sentence, examine) {
    try {
      const note = await examine();
      this.passed += 1;
      console.log(`ok      ${sentence}${typeof note === "string" ? ` (${note})` : ""}`);
      return true;
    } catch (problem) {
      this.failed += 1;
      const words = problem instanceof Error ? problem.message : String(problem);
      console.log(`FAILED  ${sentence}\n        ${words.replaceAll("\n", "\n        ")}`);
      return false;
    }
  }

  /** Prints the totals; true when every check passed and there was at least one. */
  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0;
  }
}

export function expect_equal(seen, allowed, subject) {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(allowed)];
  if (one !== other) throw new Error(`${subject}: saw ${one}, expected ${other}`);
}

export function expect_true(condition, problem) {
  if (!condition) throw new Error(problem);
}
