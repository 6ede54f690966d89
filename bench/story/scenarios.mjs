// What happens in each scenario, and how long it takes. Times are seconds since its begin.

export const settings = {
  sites: ["handbook", "tracker", "journal", "archive"],
  slow_site: "journal",
  slots: 4,
  delay_ms: 50,
  slow_delay_ms: 5000,
  kill_every_s: 1,
  limit_ms: 3000,
  patience_s: 10,
  attempts: 3,
  many_workers: 256, // enough for a slow site's jobs, retries included
  expire_s: 5,
  poll_ms: [25, 25, 25, 25, 50, 100, 250, 500],
  queue_bound: 256,
};

/// Searches a second that the sites can answer: so many at once, so long each.
export const capacity = (settings.slots * 1000) / settings.delay_ms;
export const calm_rate = 0.4 * capacity;
export const overload_rate = 2 * capacity;

// The query is typed on while it is being searched.
const leave_after = (random) => (random() < 0.5 ? 5 + 20 * random() : null);

/// `begin` and `end` are what brings the trouble about and ends it; `each_second` happens in it.
export const scenarios = [
  { id: "calm", letter: "a", seconds: 15 },
  {
    id: "slow",
    letter: "b",
    seconds: 45,
    trouble: { from_s: 8, to_s: 28 },
    spares: "slow site",
    begin: ({ sites }) => sites.set_delay(settings.slow_site, settings.slow_delay_ms),
    end: ({ sites }) => sites.set_delay(settings.slow_site, settings.delay_ms),
  },
  {
    id: "hang",
    letter: "c",
    seconds: 40,
    trouble: { from_s: 8, to_s: 24 },
    spares: "slow site",
    begin: ({ sites }) => sites.set_delay(settings.slow_site, -1),
    end: ({ sites }) => sites.set_delay(settings.slow_site, settings.delay_ms),
  },
  {
    id: "overload",
    letter: "d",
    seconds: 88,
    trouble: { from_s: 8, to_s: 68 },
    trouble_rate: overload_rate,
  },
  {
    id: "kill",
    letter: "e",
    seconds: 34,
    trouble: { from_s: 8, to_s: 26 },
    each_second: ({ system }) => system.kill_one(),
  },
  { id: "leave", letter: "f", seconds: 30, trouble: { from_s: 8, to_s: 24 }, leave_after },
];

/// The same in a fraction of the time, to see that everything works.
export function shortened(scenario) {
  const short = (seconds) => Math.max(2, Math.round(seconds / 8));
  if (!scenario.trouble) return { ...scenario, seconds: 3 };
  const length = Math.max(3, short(scenario.trouble.to_s - scenario.trouble.from_s));
  return { ...scenario, seconds: 2 + length + 4, trouble: { from_s: 2, to_s: 2 + length } };
}
