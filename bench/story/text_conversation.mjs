// What routers and fetchers said during the trouble, in the manner of the slides.

import { capital, count, counted, in_words, order, seconds, short } from "./figures.mjs";
import { table } from "./markdown.mjs";

const sum = (values) => values.reduce((total, value) => total + value, 0);

function line(lane, { who, says, count: jobs }) {
  const name = who.startsWith(`${lane.site}/`) ? who.slice(lane.site.length + 1) : who;
  const words = says === "ask"
    ? `I can process ${counted(jobs, "job")}`
    : `Here ${jobs === 1 ? "is" : "are"} ${counted(jobs, "job")}`;
  const role = says === "ask" ? "Consumer" : "Producer";
  return `    ${`${role} ${name}:`.padEnd(20)} "${words}"`;
}

function spoken(lane) {
  if (lane.lines.length === 0) return "    [nobody says a word]";
  const said = sum(lane.lines.map((one) => one.count));
  const left = lane.asks + lane.deliveries - said;
  const rest = left > 0 ? ["    [and so on]"] : [];
  return [...lane.lines.map((one) => line(lane, one)), ...rest].join("\n");
}

/** Whether the slow lane is quieter than the others on average; "hardly" begins at a half. */
function observed(slow, others) {
  const average = sum(others.map((lane) => lane.asks)) / others.length;
  const their = `${short(average)} on average in the other lanes`;
  const asks = `${counted(slow.asks, "job")} in the lane of \`${slow.site}\` and ${their}`;
  if (average > 0 && slow.asks <= average / 2) {
    return `Hardly anybody asks in the slow lane, and the other lanes talk on: ${asks}.`;
  }
  const relation = { less: "less than", more: "more than", equal: "as much as" };
  const words = relation[order(slow.asks, average, 1)];
  return `The slow lane asks for ${words} the others: ${asks}.`;
}

export function conversation({ conversation: heard, settings }) {
  const heading = "## The demand conversation for real\n\n";
  if (!heard) return `${heading}Nothing was recorded in this run.`;
  const slow = heard.lanes.find((lane) => lane.site === settings.slow_site);
  const others = heard.lanes.filter((lane) => lane !== slow);
  const rows = heard.lanes.map((lane) => [
    `\`${lane.site}\`${lane === slow ? " (slow)" : ""}`, count(lane.asks), count(lane.deliveries),
  ]);
  const length = seconds(heard.to_s - heard.from_s);
  return `${heading}Recorded from the running livesearch while \`${settings.slow_site}\` was slow,
for ${length}, beginning ${seconds(heard.from_s)} into scenario b. ${observed(slow, others)}

${table(["lane", "jobs asked for", "jobs delivered"], rows)}

In the lane of \`${slow.site}\`, that was:

${spoken(slow)}

At the same time in the lane of \`${others[0].site}\`:

${spoken(others[0])}

${capital(in_words(settings.slots))} fetchers to a lane, each asks for one job when it has its
hands free. That is how the site's limit is kept, and how a slow site holds up nobody else: who is
still waiting for it does not ask. No part of the program has to find out which site is slow.`;
}
