// The story's words, chapter by chapter. Whatever states a figure or compares two takes it from a
// run's results.

import {
  figures_of, queue_bound, scenario_ids, scenario_of, slowdown_of, stayed,
} from "./comparisons.mjs";
import {
  allowed_slowdown, better, count, counted, decimal, duration, in_words, listed, memory, order,
  part, percent, ratio, seconds, times, tolerance,
} from "./figures.mjs";
import { slug, table, wrapped } from "./markdown.mjs";
import { name_of } from "./scenario_names.mjs";
import { conversation } from "./text_conversation.mjs";
import { all_figures, how_measured, where_old_does_well } from "./text_measured.mjs";
import { compared_heading, compared_scenarios, issues } from "./text_scenarios.mjs";

function opening(results) {
  const cells = (scenario) => ["old", "stages"].flatMap((system) => {
    const figures = figures_of(scenario[system]);
    const slowdown = scenario.trouble && slowdown_of(results, scenario, system);
    const first = duration(figures.healthy_first_p50_ms);
    const lost = figures.lost === 0 ? "none" : percent(figures.lost / stayed(figures));
    return [slowdown ? `${first} (${times(slowdown)})` : first, lost];
  });
  const rows = scenario_ids.map((id) => {
    const scenario = scenario_of(results, id);
    return [`[${name_of(id)}](#${slug(compared_heading(scenario))})`, ...cells(scenario)];
  });
  const heads = ["", "queue and workers", "lost", "stages", "lost"];
  return `# A story about GenStage

An application that searches sites live, built twice: with a queue and workers, and with stages.
Both were put in front of the same sites and the same searchers, in calm weather and in trouble.
This page tells the story along the slides of a talk and was written by a program from the figures
of one run ([how](#how-it-was-measured)). To see it on your own machine:

    ${results.command}

How long half of the searchers wait for the first result of a healthy site, how many times as long
that is as in calm weather, and how many searches are lost:

${table(heads, rows)}

Where the old architecture does as well or better,
[a chapter of its own](#where-the-old-architecture-does-as-well-or-better) says so.`;
}

function the_app({ settings }) {
  const sites = settings.sites.map((site) => `\`${site}\``);
  return `## App that searches sites live

A query goes in, many sites are searched at that moment, and each site's results appear as it
answers. Nothing is indexed in advance, so the application is as fast as what it searches and what
it makes of that.

Here it searches ${in_words(settings.sites.length)} sites: ${listed(sites)}. Each takes
${counted(settings.slots, "request")} at once and answers in ${duration(settings.delay_ms)}; what
has not come after ${duration(settings.limit_ms)} is given up. A search is called *lost* if its
searcher does not leave before ${seconds(settings.patience_s)} are over and sees no result of any
healthy site.`;
}

function prototype(results, chart_of) {
  const { settings } = results;
  const calm = scenario_of(results, "calm");
  const figures = figures_of(calm.old);
  const verdict = figures.lost === 0
    ? "no search is lost. In calm weather it works"
    : `in calm weather already ${part(figures.lost, stayed(figures))} searches are lost`;
  return `## Old architecture: prototype in few days

    searcher ── start ──▶ web ── a job a site ──▶ queue ──▶ workers ──▶ sites
        └────── poll ───▶ web ◀─────── results in the store ◀──┘

Everybody has built this once. A search puts one job for each site into a durable queue in Redis.
Workers, ${count(results.workers)} of them, pull jobs, fetch, wait, and write what they found into
the store. The page polls. A fetch that fails is tried again, ${in_words(settings.attempts)} times
in all, and a job that is older than ${seconds(settings.expire_s)} is given up. It is a fair
opponent: the HTTP client and the reading of answers are livesearch's own, and [the
number of workers](#how-it-was-measured) is the smallest with which this machine completes about as
many searches as with any.

At ${count(settings.calm_rate)} searches a second, half of the searchers see the first result within
${duration(figures.healthy_first_p50_ms)} and the last within ${duration(figures.last_p50_ms)}, and
${verdict}.

${chart_of("calm", "first")}`;
}

/** Says by arithmetic from the settings what a slow site does to a pool of workers. */
function workers_usually(results) {
  const { settings, workers, more_workers } = results;
  const needed = (settings.calm_rate * settings.limit_ms) / 1000;
  const enough = order(workers, needed) === "less"
    ? `There are ${count(workers)}. Sooner or later each of them holds a job of the slow site, and
  the jobs of the others wait in the same queue.`
    : `There are ${count(workers)}, which is enough.`;
  return `## Workers usually...

... pull from one queue, and do not know what is in it.

- **The queue has no bound.** Whoever enqueues never learns that it should wait.
- **A slow site takes all the workers.** A site that does not answer holds a worker for
  ${duration(settings.limit_ms)}. At ${count(settings.calm_rate)} searches a second such a site
  alone keeps ${counted(needed, "worker")} busy, without a single retry. ${enough}
- **Nobody tells the queue that a searcher has left.** The job is done all the same, or is thrown
  away when it is too old.
- **A retry is one job more**, at the moment at which there are too many.
${more_workers ? `\n${more(results, more_workers)}\n` : ""}
Each of these can be repaired: a queue for each site, a limit for each, a way to take jobs back.
What one has then built is a conversation about demand.`;
}

const after = (ms) => (ms === null ? "never" : `after ${duration(ms)}`);

function more(results, { workers, run }) {
  const { old } = scenario_of(results, "slow");
  const now = run.trouble.healthy_first_p50_ms;
  const few = old.trouble.healthy_first_p50_ms;
  const outcome = { old: "is worse", stages: "helps", equal: "makes no difference" };
  const verdict = outcome[better(few, now, { floor: tolerance.ms })];
  const memories = order(run.peak_memory_mib, old.peak_memory_mib) === "equal"
    ? `${memory(run.peak_memory_mib)}, as before`
    : `${memory(run.peak_memory_mib)} instead of ${memory(old.peak_memory_mib)}`;
  return `More workers, then? That ${verdict}: with ${count(workers)} instead of
${count(results.workers)} the first result comes ${after(now)} instead of ${after(few)}
while the site is slow, which is ${times(ratio(now, run.calm.healthy_first_p50_ms))} calm, and
memory is ${memories}.`;
}

function gen_stage(results, chart_of) {
  const held = ["slow", "hang", "overload"].map((id) => {
    const scenario = scenario_of(results, id);
    const slowdown = slowdown_of(results, scenario, "stages");
    const is_bounded = scenario.stages.peak_waiting <= queue_bound(results);
    const is_held = slowdown !== null && slowdown <= allowed_slowdown && is_bounded;
    return { words: `${scenario.letter} (${times(slowdown)})`, is_held };
  });
  const kept = held.filter((one) => one.is_held).map((one) => one.words);
  const broken = held.filter((one) => !one.is_held).map((one) => one.words);
  const sentences = [
    kept.length > 0 ? `In this run they hold in ${listed(kept)}.` : "",
    broken.length > 0 ? `They do **not** hold in ${listed(broken)}.` : "",
  ];
  const queues = counted(results.settings.sites.length, "queue");
  return `## GenStage

Turn the question round. A worker that has a hand free *says so*, and whoever has work sends no
more than was asked for. Each site has a *lane*: a stage that routes the site's jobs, with a queue
that has a bound, and stages that fetch. A slow site's fetchers stop asking, its jobs wait in its
lane and nowhere else, and what can not be done in time is answered \`busy\` instead of late.

Two promises follow: in b, c and d a healthy site's first result takes at most
${decimal(allowed_slowdown)} × as long as in calm weather, and never more than
${count(queue_bound(results))} jobs wait (${queues} of ${count(results.settings.queue_bound)}).
${sentences.filter(Boolean).join(" ")}

${compared_scenarios(results, chart_of)}`;
}

const two_components = `## Two components

> - producer routes events to consumers
> - consumer processes events

In livesearch an event is a job: this query, that site. The lane's *router* is the producer. Its
*fetchers* are the consumers; each takes one job at a time, so the number of fetchers is the number
of requests that the site sees at once.

    search ──▶ lane/handbook/router ──▶ lane/handbook/fetcher/0 .. ──▶ handbook
           ──▶ lane/tracker/router  ──▶ lane/tracker/fetcher/0 ..  ──▶ tracker`;

const demand_conversation = `## The demand conversation

> Consumer: "I can process 100 events"
>
> Producer: "For now, take all the 60 events I have"
>
> [later]
>
> Producer: "Here are the other 40 events"
>
> Consumer: "I can process 100 more"
>
> [later]
>
> Producer: "Here are 100 events"

[examples/demand_conversation](../examples/demand_conversation) prints this from what two real
stages asked and delivered. There is no more to it: who has not been asked keeps what it has, and
passes the waiting on to where it can be decided what to do about it.`;

const step_words = {
  "Add the `gen_stage` library": "Here it is called `genstage`, and it is a CMake package.",
  "Define producer": "It is told how many events are wanted, and emits them.",
  "Define consumer": "It processes what comes, and asks for more by itself.",
  "Define workers in process tree": "Started in order, started again after a crash, stopped in " +
    "reverse order.",
};

function integration({ steps, second_application }) {
  const chapters = Object.entries(step_words).map(([heading, words], index) => {
    const { language, code } = steps[index];
    return `### ${index + 1}. ${heading}\n\n${words}\n\n\`\`\`${language}\n${code}\n\`\`\``;
  });
  const lines = second_application ? ` It has ${counted(second_application.lines, "line")}.` : "";
  return `## GenStage integration

Four steps. The code is that of [README.md](../README.md), which the tests compile and run.

${chapters.join("\n\n")}

[examples/live_scores](../examples/live_scores) is a second application, not a search, made with
these four steps.${lines}`;
}

/** The whole document in Markdown. `readme` has the code of the four steps. */
export function story(results, readme, chart_of) {
  const chapters = [
    opening(results),
    the_app(results),
    prototype(results, (id, subject) => chart_of(id, subject, "old")),
    issues(results, (id, subject) => chart_of(id, subject, "old")),
    workers_usually(results),
    gen_stage(results, (id, subject) => chart_of(id, subject)),
    two_components,
    demand_conversation,
    conversation(results),
    integration(readme),
    where_old_does_well(results),
    all_figures(results),
    how_measured(results),
  ];
  return chapters.map(wrapped).join("\n\n") + "\n";
}
