// A program that is not there: serves the built page, and an API that tells of a shop whose archive
// is slow, or of ten thousand stages.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
types[".svg"] = "image/svg+xml";
types[".woff2"] = "font/woff2";

const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function process_of(pid, name, parent, more = {}) {
  return {
    pid,
    label: name,
    name,
    type: "",
    parent,
    activity: "ready",
    supervisor: false,
    answered: true,
    callback: null,
    in_callback_ms: null,
    mailbox: { length: 0, bytes: 0, oldest_ms: null },
    busy: 0.02,
    restarts: 0,
    stage: null,
    ...more,
  };
}

function stage_of(kind, more = {}) {
  return {
    kind,
    takes: kind === "producer" ? "" : "shop::order",
    emits: kind === "consumer" ? "" : "shop::order",
    dispatcher: kind === "consumer" ? "" : "demand_dispatcher",
    buffered: 0,
    queued: 0,
    buffer_size: kind === "producer" ? 10000 : null,
    mode: "forward",
    emitted: 0,
    discarded: 0,
    ...more,
  };
}

function supervisor(pid, name, parent) {
  return process_of(pid, name, parent, { supervisor: true, type: "genstage::supervisor" });
}

function subscription(tag, producer, consumer, more) {
  return {
    tag,
    producer,
    consumer,
    asked: 0,
    delivered: 0,
    handled: 0,
    in_flight: 0,
    outstanding: 0,
    since_ask_ms: 40,
    since_event_ms: 40,
    ...more,
  };
}

/** The shop after so many ticks. */
function shop(tick) {
  const sent = 20 * tick;
  const processes = [
    supervisor("<0.1>", "application", null),
    process_of("<1.1>", "orders", "<0.1>", {
      type: "shop::order_source",
      stage: stage_of("producer", { emitted: sent, buffered: 24 }),
    }),
  ];
  for (let at = 0; at < 3; at += 1) {
    processes.push(
      process_of(`<${2 + at}.1>`, `priced/${at}`, "<0.1>", {
        type: "shop::pricer",
        busy: 0.3 + 0.2 * at,
        stage: stage_of("producer_consumer", { emitted: sent / 3 }),
      }),
    );
  }
  processes.push(
    process_of("<5.1>", "billed", "<0.1>", {
      type: "shop::biller",
      stage: stage_of("consumer"),
    }),
    process_of("<6.1>", "archived", "<0.1>", {
      type: "shop::archive",
      activity: "waiting",
      callback: "handle_events",
      in_callback_ms: 400 + 50 * tick,
      busy: 0.99,
      mailbox: { length: 12, bytes: 4800, oldest_ms: 380 },
      restarts: 1,
      stage: stage_of("consumer", { queued: 12 }),
    }),
    supervisor("<7.1>", "slides", "<0.1>"),
    process_of("<8.1>", "producer", "<7.1>", { type: "supplier", stage: stage_of("producer") }),
    process_of("<9.1>", "consumer", "<7.1>", { type: "customer", stage: stage_of("consumer") }),
    supervisor("<10.1>", "inspector", "<0.1>"),
    process_of("<11.1>", "inspector/looks", "<10.1>", { stage: stage_of("producer") }),
  );
  const subscriptions = [];
  for (let at = 0; at < 3; at += 1) {
    const flow = { asked: sent / 3 + 10, delivered: sent / 3, handled: sent / 3, outstanding: 10 };
    subscriptions.push(
      subscription(`s${10 + at}`, "<1.1>", `<${2 + at}.1>`, flow),
      subscription(`s${20 + at}`, `<${2 + at}.1>`, "<5.1>", flow),
      subscription(`s${30 + at}`, `<${2 + at}.1>`, "<6.1>", {
        asked: 40,
        delivered: 40,
        handled: 36,
        in_flight: 4,
        since_ask_ms: 400 + 50 * tick,
        since_event_ms: 400 + 50 * tick,
      }),
    );
  }
  subscriptions.push(
    subscription("s17", "<8.1>", "<9.1>", {
      asked: 200,
      delivered: 100,
      handled: 100,
      outstanding: 100,
    }),
  );
  return {
    processes,
    subscriptions,
    findings: [
      {
        illness: "slow_sink",
        stage: "<6.1>",
        label: "archived",
        text: `archived has 4 events; handle_events has been waiting for ${400 + 50 * tick} ms`,
        evidence: ["priced/0 has sent all 40 events that were asked for", "archived is busy 99 %"],
      },
    ],
  };
}

/** Two thousand pipelines of five stages each. */
function crowd(tick) {
  const processes = [supervisor("<0.1>", "application", null)];
  const subscriptions = [];
  const kinds = [
    "producer",
    "producer_consumer",
    "producer_consumer",
    "producer_consumer",
    "consumer",
  ];
  let index = 1;
  for (let line = 0; line < 2000; line += 1) {
    const above = `<${index}.1>`;
    processes.push(supervisor(above, `pipeline/${line}`, "<0.1>"));
    index += 1;
    kinds.forEach((kind, at) => {
      const pid = `<${index}.1>`;
      processes.push(
        process_of(pid, `step${at}/${line}`, above, { type: "crowd::step", stage: stage_of(kind) }),
      );
      if (at > 0) {
        const sent = 10 * tick + line;
        subscriptions.push(
          subscription(`s${index}`, `<${index - 1}.1>`, pid, {
            asked: sent + 10,
            delivered: sent,
            handled: sent,
            outstanding: 10,
          }),
        );
      }
      index += 1;
    });
  }
  return { processes, subscriptions, findings: [] };
}

const slides = [
  { speaker: "consumer", text: "I can process 100 events", later: false },
  { speaker: "producer", text: "For now, take all the 60 events I have", later: false },
  { speaker: "producer", text: "Here are the other 40 events", later: true },
  { speaker: "consumer", text: "I can process 100 more", later: false },
  { speaker: "producer", text: "Here are 100 events", later: true },
];

export async function start_mock({ page_folder, token = "" }) {
  const state = { size: "shop", tick: 1, streams: new Set(), requests: [] };
  const second = 1e9;

  const look = () => {
    const told = state.size === "crowd" ? crowd(state.tick) : shop(state.tick);
    return { at: state.tick * second, took_us: 850, next_in_ms: 1000, ...told };
  };
  const record = (order, kind, count, more = {}) => ({
    order,
    at: order,
    kind,
    process: "<8.1>",
    label: "producer",
    subscription: "s17",
    count,
    text: `${kind} of ${count} between producer and consumer (s17)`,
    ...more,
  });
  const records = (from, until) => {
    const all = [];
    for (let tick = Math.max(1, from); tick < until; tick += 1) {
      const at = tick * second;
      all.push(record(at + 1e6, "ask", 100), record(at + 2e6, "delivery", 60));
      all.push(record(at + 500e6, "delivery", 40));
    }
    return all;
  };

  const send = (answer) => {
    answer.write(`event: snapshot\ndata: ${JSON.stringify(look())}\n\n`);
    const told = {
      after: `0:1:${(state.tick - 1) * second}`,
      next: `0:1:${state.tick * second}`,
      left_out: 0,
      missed: 0,
      records: records(state.tick - 1, state.tick),
    };
    answer.write(`event: records\ndata: ${JSON.stringify(told)}\n\n`);
  };

  // A program looks at itself less often when that costs more.
  let timer = null;
  const go_on = () => {
    state.tick += 1;
    for (const answer of state.streams) send(answer);
    timer = setTimeout(go_on, state.size === "crowd" ? 2000 : 300);
  };
  timer = setTimeout(go_on, 300);

  const server = createServer(async (request, answer) => {
    const target = new URL(request.url, "http://localhost");
    state.requests.push(target.pathname);
    const json = (status, body) => {
      answer.writeHead(status, { "Content-Type": "application/json" });
      answer.end(JSON.stringify(body));
    };
    if (target.pathname.startsWith("/api/")) {
      if (token !== "" && request.headers.authorization !== `Bearer ${token}`) {
        return json(401, { error: { message: "token: none was sent, or another one" } });
      }
      if (target.pathname === "/api/hops") {
        const buckets = [[0.5, 40], [0.8, 90], [2.1, 20], [260, 3]];
        const times = { count: 153, half_ms: 0.7, most_ms: 250, longest_ms: 260, buckets };
        const more = { seen_ms: 8000, without_demand_ms: 6400 };
        const measured = { waiting_for_demand: times, in_queue: times, in_service: times };
        const hop = {
          tag: "s30",
          ...more,
          waited_for_events: times,
          waited_for_ask: times,
          measured,
        };
        return json(200, { in_all: 1, hops: [hop] });
      }
      if (target.pathname === "/api/recording") return json(200, null);
      if (target.pathname === "/api/records") {
        const next = `0:1:${(state.tick - 1) * second}`;
        const told = records(1, state.tick - 1);
        return json(200, { after: "", next, left_out: 0, missed: 0, records: told });
      }
      if (target.pathname === "/api/conversation") {
        const lines = slides.map((line, at) => ({
          order: second + at * 1e6,
          at: second + at * 1e6,
          ...line,
        }));
        const subscription = target.searchParams.get("subscription");
        return json(200, { subscription, producer: "producer", consumer: "consumer", lines });
      }
      answer.writeHead(200, { "Content-Type": "text/event-stream" });
      state.streams.add(answer);
      request.on("close", () => state.streams.delete(answer));
      return send(answer);
    }
    const name = target.pathname === "/" ? "index.html" : target.pathname.slice(1);
    try {
      const content = await readFile(path.join(page_folder, name));
      answer.writeHead(200, {
        "Content-Type": types[path.extname(name)] ?? "text/plain",
        "Content-Security-Policy": policy,
      });
      answer.end(content);
    } catch {
      json(404, { error: { message: "path: there is nothing" } });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    state,
    drop_streams: () => {
      for (const answer of state.streams) answer.destroy();
    },
    close: async () => {
      clearTimeout(timer);
      for (const answer of state.streams) answer.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
