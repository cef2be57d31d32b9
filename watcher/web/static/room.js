// A little comfort on top of pages that work without it: keys and counts on comparisons, and the search of the files.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const visible = (element) => element.offsetParent !== null;

  // Comparisons.
  const places = () => all("h3[id^='change-']").filter(visible);
  const go = (step) => {
    const found = places();
    if (!found.length) return;
    const here = found.indexOf(document.activeElement);
    const at = here < 0 ? found.findIndex((each) => each.getBoundingClientRect().top > 90) : here + step;
    const next = here < 0 && step < 0 ? found.length - 1 : at;
    const target = found[Math.max(0, Math.min(found.length - 1, next < 0 ? 0 : next))];
    target.focus({ preventScroll: true });
    target.closest(".place").scrollIntoView({ block: "start" });
    history.replaceState(null, "", "#" + target.id);
  };
  const count = one("#count");
  const filters = all(".filters select");
  const fits = (element, name, value) =>
    !value || ` ${element.dataset[name] || element.dataset[name + "s"] || element.dataset[name.replace("y", "ies")] || ""} `.includes(` ${value} `);
  const choose = () => {
    // The style sheet knows the topics of the program; those of a user's own are left to this.
    const topic = one("#f-topic");
    all(".place, .line, .entry").forEach((each) => each.classList.toggle("off", !fits(each, "topic", topic.value)));
    const shown = all(".entries .line").filter(visible).length;
    if (count) count.textContent = shown === 1 ? count.dataset.one : count.dataset.other.replace("{count}", shown);
  };
  if (filters.length) {
    filters.forEach((each) => each.addEventListener("change", choose));
    one(".keys").hidden = false;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "radio") return;
      if (event.key === "n") go(1);
      else if (event.key === "p") go(-1);
      else if (event.key === "v") {
        const other = one("#v-inline").checked ? "#v-side" : "#v-inline";
        one(other).checked = true;
      } else return;
      event.preventDefault();
    });
  }
  const print = one("button.print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  // Recipients in a folder of files: a name is looked for among those of this page.
  const ask = one("form[data-local]");
  if (ask) {
    ask.hidden = false;
    const narrow = () => {
      const word = one("#q").value.trim().toLowerCase();
      let shown = 0;
      all("#parties li").forEach((each) => {
        const fit = each.textContent.toLowerCase().includes(word);
        each.classList.toggle("off", !fit);
        shown += fit;
      });
      one("#found").textContent = one("#found").textContent.replace(/^[\d.,\s]+/, shown + " ");
    };
    ask.addEventListener("submit", (event) => { event.preventDefault(); narrow(); });
    one("#q").addEventListener("input", narrow);
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) { one("#q").value = asked; narrow(); }
  }

  // The search in a folder of files: small files of words and passages, each loaded when it is needed.
  const found = one("#found[data-index]");
  if (found) {
    const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const words = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) || [];
    const load = (name) => new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = found.dataset.index.replace("index.js", name);
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    window.clausewatch = { words: {}, passages: {} };
    const bucket = (word) => [...word].slice(0, 2).map((c) => c.codePointAt(0).toString(16)).join("-");
    const mark = (text, wanted) => {
      const line = document.createElement("p");
      line.className = "snippet";
      const places = [...text.matchAll(/[\p{L}\p{N}]+/gu)].filter((m) => wanted.some((w) => folded(m[0]).startsWith(w)));
      const first = places.length ? places[0].index : 0;
      const begin = Math.max(0, first - 120), end = Math.min(text.length, first + 240);
      let at = begin;
      if (begin) line.append("… ");
      places.filter((m) => m.index >= begin && m.index + m[0].length <= end).forEach((m) => {
        const hit = document.createElement("mark");
        hit.textContent = m[0];
        line.append(text.slice(at, m.index), hit);
        at = m.index + m[0].length;
      });
      line.append(text.slice(at, end));
      if (end < text.length) line.append(" …");
      return line;
    };
    const show = (id, wanted) => {
      const [path, label, section, text] = window.clausewatch.passages[id];
      const item = document.createElement("li");
      const head = document.createElement("p");
      const link = document.createElement("a");
      head.className = "what";
      link.href = found.dataset.root.replace(/index\.html$/, "") + path;
      link.textContent = label;
      head.append(link);
      const about = document.createElement("p");
      about.className = "about";
      about.textContent = section;
      item.append(head, mark(text, wanted), about);
      one("#hits").append(item);
    };
    const search = async (query) => {
      const wanted = [...new Set(words(query))].slice(0, 12);
      one("#hits").replaceChildren();
      if (!wanted.length) return void (found.textContent = "");
      found.textContent = found.dataset.wait;
      await load("index.js");
      const known = new Set(window.clausewatch.buckets);
      let ids = null;
      for (const word of wanted) {
        const name = bucket(word);
        if (known.has(name) && !window.clausewatch.words[name]) await load(`w/${name}.js`);
        const index = window.clausewatch.words[name] || {};
        const hits = new Set(Object.keys(index).filter((key) => key.startsWith(word)).flatMap((key) => index[key]));
        ids = ids === null ? hits : new Set([...ids].filter((id) => hits.has(id)));
      }
      const list = [...ids].sort((a, b) => b - a);
      found.textContent = !list.length ? found.dataset.none : list.length === 1 ? found.dataset.one : found.dataset.other.replace("{count}", list.length);
      const size = window.clausewatch.size;
      for (const id of list.slice(0, 40)) {
        if (!window.clausewatch.passages[id]) await load(`p/${Math.floor(id / size)}.js`);
        show(id, wanted);
      }
    };
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) { one("#q").value = asked; search(asked); }
    one("#q").form.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", "?q=" + encodeURIComponent(one("#q").value));
      search(one("#q").value);
    });
  }
})();
