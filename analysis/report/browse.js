// The browser of transcripts: filters, a list, and the trial that is chosen, which the address names.

class Browser {
  constructor(data) {
    this.data = data;
    this.open = { thinking: true, prompt: false };
    this.view = new TrialView(data, this.open);
    this.list = document.querySelector("#list ol");
    this.article = document.getElementById("trial");
    this.search = document.getElementById("search");
    this.selects = data.filters.map((filter) => this.addSelect(filter));
    this.places = new Map(data.trials.map((trial, place) => [trial.id, place]));
    this.items = data.trials.map((trial) => this.item(trial));
    this.list.append(...this.items);
    this.texts = [];
    this.shown = [];
    this.chosen = null;
  }

  start() {
    const form = document.getElementById("filters");
    form.addEventListener("input", () => this.filter());
    form.addEventListener("submit", (event) => event.preventDefault());
    // The fields are empty only after the event.
    form.addEventListener("reset", () => setTimeout(() => this.filter()));
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("hashchange", () => this.follow());
    document.getElementById("browser").hidden = false;
    this.filter();
    if (!this.follow() && this.shown.length) this.show(this.shown[0]);
  }

  addSelect(filter) {
    const select = make("select", "");
    select.name = filter.key;
    select.append(new Option("any", ""), ...filter.values.map((value) => new Option(value, value)));
    const label = make("label", "", filter.label + " ", select);
    document.getElementById("selects").append(label);
    return select;
  }

  item(trial) {
    const link = make("a", "", ...badgesOf(trial));
    const parts = [trial.framing + " framing"];
    for (const key of ["scenario", "model"]) if (this.several(key)) parts.push(trial[key]);
    const line = parts.join(" · ") + (trial.simulated ? " (SIMULATED)" : "");
    link.append(make("span", "line", line), make("span", "line", this.acts(trial)));
    link.href = "#trial=" + encodeURIComponent(trial.id);
    return make("li", "", link);
  }

  several(key) {
    const filter = this.data.filters.find((each) => each.key === key);
    return filter !== undefined && filter.values.length > 1;
  }

  /** The names of the tools that a trial used, in order. */
  acts(trial) {
    if (trial.text === null) return "no transcript";
    const parts = this.data.texts[trial.text].turns.flatMap((turn) => turn.parts);
    const tools = parts.filter((part) => part.kind === "action").map((part) => part.tool || "?");
    return tools.join(", ") || "no action";
  }

  /** What the text search looks at, in lower case; made once for each trial. */
  textOf(place) {
    if (this.texts[place] === undefined) {
      const trial = this.data.trials[place];
      const turns = trial.text === null ? [] : this.data.texts[trial.text].turns;
      const parts = turns.flatMap((turn) => [turn.thinking || "", ...turn.parts.map(partText)]);
      const reasons = trial.verdicts.map((number) => this.data.verdicts[number].reason);
      const all = [trial.id, trial.error || "", ...trial.facts, ...parts, ...reasons];
      this.texts[place] = all.join("\n").toLowerCase();
    }
    return this.texts[place];
  }

  /** Whether a trial fits all filters, or all but one of them. */
  fits(place, words, except = null) {
    const trial = this.data.trials[place];
    const chosen = this.selects.filter((select) => select !== except && select.value);
    if (!chosen.every((select) => trial[select.name] === select.value)) return false;
    return words.every((word) => this.textOf(place).includes(word));
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const places = this.data.trials.map((_, place) => place);
    this.shown = places.filter((place) => this.fits(place, words));
    const shown = new Set(this.shown);
    this.items.forEach((item, place) => {
      item.hidden = !shown.has(place);
    });
    for (const select of this.selects) this.count(select, places, words);
    const total = this.data.trials.length.toLocaleString("en");
    document.getElementById("count").textContent =
      `${this.shown.length.toLocaleString("en")} of ${total} transcripts`;
  }

  /** Beside each option how many trials it would leave. */
  count(select, places, words) {
    const counts = new Map();
    for (const place of places) {
      if (!this.fits(place, words, select)) continue;
      const value = this.data.trials[place][select.name];
      counts.set(value, (counts.get(value) || 0) + 1);
    }
    for (const option of select.options) {
      if (option.value) option.textContent = `${option.value} (${counts.get(option.value) || 0})`;
    }
  }

  /** The place of a trial, by its id or by a beginning of it that fits no other. */
  find(id) {
    if (this.places.has(id)) return this.places.get(id);
    const fitting = [...this.places.keys()].filter((each) => each.startsWith(id));
    return fitting.length === 1 ? this.places.get(fitting[0]) : undefined;
  }

  /** Shows the trial that the address names; true if it names one. */
  follow() {
    const match = /^#trial=(.+)$/.exec(location.hash);
    if (!match) return false;
    const id = decode(match[1]);
    const place = this.find(id);
    if (place === undefined) {
      this.missing(id);
      return true;
    }
    // An event that comes late must not undo a filter that was set meanwhile.
    if (place === this.chosen) return true;
    if (!this.shown.includes(place)) {
      document.getElementById("filters").reset();
      this.search.value = "";
      this.filter();
    }
    this.show(place);
    const top = this.article.getBoundingClientRect().top;
    if (top < 0 || top > innerHeight / 2) this.article.scrollIntoView();
    return true;
  }

  unchoose() {
    if (this.chosen !== null) this.link(this.chosen).removeAttribute("aria-current");
    this.chosen = null;
  }

  show(place) {
    if (place === this.chosen) return;
    this.unchoose();
    this.chosen = place;
    this.link(place).setAttribute("aria-current", "true");
    this.keepInSight(this.items[place]);
    this.article.replaceChildren(...this.view.elements(this.data.trials[place]));
  }

  link(place) {
    return this.items[place].firstElementChild;
  }

  /** Scrolls the list, and nothing around it, until the item is in sight. */
  keepInSight(item) {
    const pane = this.list.parentElement;
    const [outer, inner] = [pane.getBoundingClientRect(), item.getBoundingClientRect()];
    if (inner.top < outer.top) pane.scrollTop -= outer.top - inner.top;
    if (inner.bottom > outer.bottom) pane.scrollTop += inner.bottom - outer.bottom;
  }

  missing(id) {
    this.unchoose();
    const title = make("h3", "", "Not in this file");
    title.id = "trial-title";
    const text = `Trial ${id} is not among the trials of this report: hawthorne show prints it.`;
    this.article.replaceChildren(title, make("p", "", text));
  }

  move(step) {
    if (!this.shown.length) return;
    const at = this.shown.indexOf(this.chosen);
    const next = at < 0 ? 0 : Math.min(this.shown.length - 1, Math.max(0, at + step));
    // Shown at once, because keys come faster than the event by which the address tells of itself.
    this.show(this.shown[next]);
    // No step is kept in the history.
    location.replace(this.link(this.shown[next]).href);
  }

  toggle(name) {
    const details = this.article.querySelectorAll("details." + name);
    this.open[name] = !this.open[name];
    for (const each of details) each.open = this.open[name];
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Single letters are also what speech input types, so they can be switched off.
    if (!document.getElementById("keys").checked) return;
    if (event.target.matches?.("input:not([type=checkbox]), select, textarea")) {
      if (event.key !== "Escape") return;
      event.target.blur();
      event.preventDefault(); // what was searched for stays
      return;
    }
    const inList = this.list.parentElement.contains(event.target);
    const actions = {
      j: () => this.move(1),
      k: () => this.move(-1),
      t: () => this.toggle("thinking"),
      p: () => this.toggle("prompt"),
      "/": () => this.search.focus(),
      ...(inList ? { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1) } : {}),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }
}

function partText(part) {
  if (part.kind !== "action") return part.text;
  return [part.tool, ...part.arguments.map((argument) => argument[1])].join("\n");
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

if (document.getElementById("browser")) {
  new Browser(JSON.parse(document.getElementById("data").textContent)).start();
}
