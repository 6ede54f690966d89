import { describe, expect, it } from "vitest";
import { announcer, type clock } from "./announcer";

class virtual_clock implements clock {
  private time = 0;
  private due: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  later(ms: number, callback: () => void): () => void {
    const entry = { at: this.time + ms, callback };
    this.due.push(entry);
    return () => {
      this.due = this.due.filter((other) => other !== entry);
    };
  }

  advance(ms: number): void {
    this.time += ms;
    const ripe = this.due.filter((entry) => entry.at <= this.time);
    this.due = this.due.filter((entry) => entry.at > this.time);
    for (const entry of ripe) entry.callback();
  }
}

function rigged() {
  const time = new virtual_clock();
  const heard: string[] = [];
  const voice = new announcer((words) => heard.push(words), 1000, time);
  return { time, heard, voice };
}

describe("an announcer", () => {
  it("speaks at once when there is silence", () => {
    const { heard, voice } = rigged();

    voice.announce(() => "one");

    expect(heard).toEqual(["one"]);
  });

  it("says what came in the pause as one, composed when it is said", () => {
    const { time, heard, voice } = rigged();
    const sites: string[] = [];
    voice.announce(() => "start");

    for (const site of ["a", "b"]) {
      sites.push(site);
      voice.announce(() => sites.join(" "));
    }
    sites.push("c");
    time.advance(999);
    const before = [...heard];
    time.advance(1);

    expect(before).toEqual(["start"]);
    expect(heard).toEqual(["start", "a b c"]);
  });

  it("is silent when there is nothing to say, and that is no pause", () => {
    const { heard, voice } = rigged();

    voice.announce(() => "");
    voice.announce(() => "one");

    expect(heard).toEqual(["one"]);
  });

  it("says nothing more once it was silenced", () => {
    const { time, heard, voice } = rigged();
    voice.announce(() => "one");
    voice.announce(() => "two");

    voice.silence();
    time.advance(5000);

    expect(heard).toEqual(["one"]);
  });
});
