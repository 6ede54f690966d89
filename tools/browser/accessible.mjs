// What axe-core says of a page.

import axe from "axe-core";

async function find_violations(page) {
  await page.evaluate(axe.source);
  const report = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"] }),
  );
  return report.violations;
}

function describe_violation(violation) {
  const places = violation.nodes
    .slice(0, 3)
    .map((node) => `${node.target.join(" ")}: ${node.failureSummary}`);
  return `${violation.id} [${violation.impact}] ${violation.help}\n  ${places.join("\n  ")}`;
}

/** Fails for what keeps people out; says what is slight. */
export async function expect_accessible(page) {
  const violations = await find_violations(page);
  const grave = violations.filter((found) => ["serious", "critical"].includes(found.impact));
  if (grave.length > 0) throw new Error(grave.map(describe_violation).join("\n"));
  const slight = violations.map((found) => `${found.id} [${found.impact}]`);
  return slight.length === 0 ? "no violation" : `only slight ones: ${slight.join(", ")}`;
}
