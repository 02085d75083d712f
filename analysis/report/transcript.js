"use strict";
// One trial as elements. What a model wrote is only ever set as text: it is never read as HTML.

/** An element with a class and children; a string among them becomes text. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A value with its meaning in its shape and, for those who see it, its colour. */
function badge(kind, value) {
  const name = value.replace(/[^a-z]/g, "-");
  const said = { belief: "states " + value, behaviour: value }[kind];
  const bare = ["not asked", "failed", "unstated", "unread", "unsure"].includes(value);
  return make("span", `badge ${kind} ${kind}-${name}`, bare ? value : said);
}

/** Belief and behaviour; a trial that failed has neither. */
function badgesOf(trial) {
  const behaviour = badge("behaviour", trial.behaviour);
  return trial.belief === "failed" ? [behaviour] : [badge("belief", trial.belief), " ", behaviour];
}

/** Text that keeps its lines, with some ranges of it marked. */
function textBlock(text, ranges = [], className = "text") {
  const block = make("div", className);
  block.dir = "auto";
  block.append(...pieces(text, ranges));
  return block;
}

function pieces(text, ranges) {
  const found = [];
  let position = 0;
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(start, position);
    if (end <= from) continue;
    found.push(text.slice(position, from), make("mark", "", text.slice(from, end)));
    position = end;
  }
  found.push(text.slice(position));
  return found;
}

class TrialView {
  /** `open` remembers what the reader has opened, over all trials. */
  constructor(data, open) {
    this.data = data;
    this.open = open;
  }

  /** All elements of one trial, in their order. */
  elements(trial) {
    const verdicts = trial.verdicts.map((number) => this.data.verdicts[number]);
    const text = trial.text === null ? null : this.data.texts[trial.text];
    return [
      this.head(trial),
      ...(trial.error ? [make("p", "failure", "Failed: " + trial.error)] : []),
      ...(verdicts.length ? [this.verdicts(verdicts)] : []),
      ...(text ? this.turns(text, verdicts) : [make("p", "quiet", "No transcript was kept.")]),
      this.prompt(trial),
    ];
  }

  head(trial) {
    const link = make("a", "", "Trial " + trial.id.slice(0, 12));
    link.href = "#trial=" + encodeURIComponent(trial.id);
    link.title = trial.id;
    const title = make("h3", "", link);
    title.id = "trial-title";
    const badges = make("p", "badges", ...badgesOf(trial));
    if (trial.severity) badges.append(" ", make("span", "severity", "severity " + trial.severity));
    const model = trial.model + (trial.simulated ? " (SIMULATED)" : "");
    const setting = [
      model, trial.scenario, trial.framing + " framing", trial.condition,
      ...(trial.mitigation === "none" ? [] : ["mitigation " + trial.mitigation]),
      trial.probe === "not asked" ? trial.probe : "asked " + trial.probe,
    ];
    const head = make("header", "", title, badges, make("p", "setting", setting.join(" · ")));
    head.append(make("p", "quiet", [...trial.belief_notes, ...trial.facts].join(" · ")));
    return head;
  }

  verdicts(verdicts) {
    const list = make("ul", "verdicts");
    for (const verdict of verdicts) {
      const judge = verdict.judge + (verdict.judge.startsWith("sim/") ? " (SIMULATED)" : "");
      const item = make("li", "", make("strong", "", judge), ": ", verdict.label);
      if (verdict.severity) item.append(", severity " + verdict.severity);
      if (verdict.reason) item.append(". ", verdict.reason);
      for (const quote of verdict.quotes) {
        item.append(textBlock(quote.text, [], quote.at ? "text quote short" : "text quote"));
        const where = quote.at ? "marked below" : "not found as it stands in the text below";
        item.append(make("span", "quiet", where));
      }
      list.append(item);
    }
    return make("section", "", make("h4", "", "Verdicts"), list);
  }

  turns(text, verdicts) {
    const places = verdicts.flatMap((each) => each.quotes.map((quote) => quote.at)).filter(Boolean);
    let slot = -1;
    const next = () => {
      slot += 1;
      return places.filter((place) => place[0] === slot).map((place) => place.slice(1));
    };
    return text.turns.flatMap((turn, index) => {
      const several = text.turns.length > 1 ? ` ${index + 1}` : "";
      if (turn.role === "world") {
        const parts = turn.parts.map((part) => textBlock(part.text, next(), "text world"));
        return [make("section", "", make("h4", "", "The tools answer" + several), ...parts)];
      }
      const parts = turn.parts.map((part) => this.part(part, next));
      if (!parts.length) parts.push(make("p", "quiet", "Nothing outside private reasoning."));
      const answer = make("section", "answer", make("h4", "", "Answer" + several), ...parts);
      return turn.thinking ? [this.thinking(turn.thinking, several), answer] : [answer];
    });
  }

  thinking(text, several) {
    return this.details("thinking", "Private reasoning" + several, textBlock(text));
  }

  part(part, next) {
    if (part.kind === "action") return this.action(part, next);
    if (part.kind === "prose") return textBlock(part.text, next());
    const label = make("span", "label", "Belief statement");
    return make("div", "statement", label, textBlock(part.text, next()));
  }

  action(part, next) {
    const card = make("div", "action");
    const tool = make("p", "tool", make("code", "", part.tool || "(no tool named)"));
    if (part.cut) tool.append(" ", make("span", "quiet", "cut off before its end"));
    const list = make("dl", "");
    for (const [name, value] of part.arguments) {
      const long = value.includes("\n") || value.length > 80;
      const row = make("div", long ? "long" : "", make("dt", "", name));
      const content = make("dd", "", textBlock(value, next()));
      row.append(content);
      list.append(row);
    }
    card.append(tool, list);
    return card;
  }

  prompt(trial) {
    if (trial.prompt === null) return make("p", "quiet", "The file keeps no prompt of this trial.");
    const messages = this.data.prompts[trial.prompt].map((message) => {
      const text = message.lines.map((number) => this.data.lines[number]).join("\n");
      return make("div", "", make("h5", "", message.role), textBlock(text));
    });
    return this.details("prompt", "Prompt", ...messages);
  }

  details(name, title, ...content) {
    const details = make("details", name, make("summary", "", title), ...content);
    details.open = this.open[name];
    details.addEventListener("toggle", () => {
      this.open[name] = details.open;
    });
    return details;
  }
}
