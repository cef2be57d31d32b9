// What is asked of a rendered page, in a world of its own: the page's scripts can neither see nor change these.
(() => {
  const roots = (node) => [...node.querySelectorAll("*")].filter((element) => element.shadowRoot);

  // The visible text in short, so that a change of it is noticed: its length and a hash (FNV-1a). A negative length
  // stands for more text than may be: it is not looked at, for that takes long.
  const text = (limit) => {
    if (document.body && document.body.textContent.length > limit) return [-1, 0];
    const words = document.body ? document.body.innerText : "";
    let hash = 0x811c9dc5;
    for (let place = 0; place < words.length; place += 1) {
      hash = Math.imul(hash ^ words.charCodeAt(place), 0x01000193);
    }
    return [words.trim().length, hash];
  };

  // Open what is folded in; the number of those that were not open. Without their name, or one would close the other.
  const unfold = () => {
    const folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) {
      one.removeAttribute("name");
      one.open = true;
    }
    return folded.length;
  };

  // A shadow tree is no part of outerHTML: put it where a reader sees it, with what its slots hold.
  const flatten = (node) => {
    for (const host of roots(node)) {
      const tree = host.shadowRoot;
      flatten(tree);
      for (const slot of [...tree.querySelectorAll("slot")]) {
        const held = slot.assignedNodes();
        slot.replaceWith(...(held.length ? held : slot.childNodes));
      }
      for (const style of tree.querySelectorAll("style")) style.remove();
      host.replaceChildren(...tree.childNodes);
    }
  };

  const type = () => {
    const kind = document.doctype;
    if (!kind) return "";
    const more = kind.publicId ? ` PUBLIC "${kind.publicId}"` : kind.systemId ? " SYSTEM" : "";
    return `<!DOCTYPE ${kind.name}${more}${kind.systemId ? ` "${kind.systemId}"` : ""}>\n`;
  };

  // The page as HTML; its length instead when that is above the limit.
  const serialise = (limit) => {
    flatten(document);
    const html = type() + (document.documentElement ? document.documentElement.outerHTML : "");
    return html.length > limit ? html.length : html;
  };

  const height = () => (document.documentElement ? document.documentElement.scrollHeight : 0);
  const kind = () => document.contentType;

  globalThis.clausewatch = { text, unfold, serialise, height, kind };
})();
