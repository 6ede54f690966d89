// What the scenarios are called.

import { count, seconds } from "./figures.mjs";

const names = {
  calm: "Calm",
  slow: "One site slows down",
  hang: "One site hangs",
  overload: "More searchers than it can serve",
  kill: "Workers are killed",
  leave: "Searchers leave early",
};

export const name_of = (id) => names[id];

/** What is written into the shaded part of a chart. */
export function trouble_label(results, id) {
  const { slow_site, overload_rate, kill_every_s } = results.settings;
  const often = kill_every_s ? `every ${seconds(kill_every_s)}` : "again and again";
  return {
    slow: `${slow_site} is slow`,
    hang: `${slow_site} hangs`,
    overload: `${count(overload_rate)} searches a second`,
    kill: `a worker is killed ${often}`,
    leave: "searchers leave early",
  }[id];
}
