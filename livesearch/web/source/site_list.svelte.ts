/** The sites that the server knows, and which of them the reader wants asked. */

import { read_known_sites, read_refusal, type known_site } from "./api";
import type { kept_answers } from "./search_request";
import {
  askable,
  chosen,
  ids_to_name,
  keep_choice,
  keep_kept_answers,
  load_choice,
  load_kept_answers,
} from "./site_choice";
import { site_hues } from "./site_hue";

function local_storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export class site_list {
  sites: known_site[] = $state.raw([]);
  off: ReadonlySet<string> = $state.raw(load_choice(local_storage()));
  kept: kept_answers = $state(load_kept_answers(local_storage()));
  offline = $state(false);
  is_loaded = $state(false);
  problem = $state("");

  readonly askable = $derived(askable(this.sites));
  readonly chosen = $derived(chosen(this.sites, this.off));
  readonly hues = $derived(site_hues(this.sites.map((site) => site.id)));

  async load(): Promise<void> {
    this.problem = "";
    try {
      const response = await fetch("/api/sites", { headers: { Accept: "application/json" } });
      const body: unknown = await response.json().catch(() => null);
      const known = response.ok ? read_known_sites(body) : null;
      if (!known) {
        this.problem = read_refusal(response.status, body).message;
        return;
      }
      this.sites = known.sites;
      this.offline = known.offline;
      this.is_loaded = true;
    } catch {
      this.problem = "The server could not be reached. Is livesearch still running?";
    }
  }

  choose(id: string, wanted: boolean): void {
    const off = new Set(this.off);
    if (wanted) off.delete(id);
    else off.add(id);
    this.off = off;
    keep_choice(local_storage(), off);
  }

  choose_all(): void {
    this.off = new Set();
    keep_choice(local_storage(), this.off);
  }

  choose_kept(kept: kept_answers): void {
    this.kept = kept;
    keep_kept_answers(local_storage(), kept);
  }

  ids_to_name(): string[] {
    return ids_to_name(this.sites, this.off);
  }

  hue(id: string): number {
    return this.hues.get(id) ?? site_hues([id]).get(id) ?? 0;
  }
}
