// Accessibility faults of the page in view, as sentences: none is the promise.
(() => {
  const faults = [];
  const seen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const silent = (element) => element.closest("[aria-hidden=true]") && element.tabIndex < 0;
  const named = (element) =>
    element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.textContent.trim() || element.title;

  for (const element of document.querySelectorAll("a[href], button, summary")) {
    if (seen(element) && !silent(element) && !named(element)) faults.push("no name: " + element.outerHTML.slice(0, 80));
  }
  for (const element of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (seen(element) && !element.labels.length && !element.getAttribute("aria-label")) faults.push("no label: " + element.id);
  }
  for (const element of document.querySelectorAll("input:is([type=text], [type=search], [type=password], :not([type])), textarea")) {
    if (seen(element) && element.offsetWidth < 120) faults.push("field only " + element.offsetWidth + " wide: " + element.id);
  }
  for (const element of document.querySelectorAll("img")) {
    if (!element.hasAttribute("alt")) faults.push("no alternative text: " + element.src);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push("two of id " + id);
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    for (const element of document.querySelectorAll("[" + name + "]")) {
      for (const id of element.getAttribute(name).split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(name + " leads nowhere: " + id);
      }
    }
  }
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push("heading skips a level: " + heading.textContent.trim());
    level = next;
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  for (const landmark of ["header", "main", "footer"]) {
    if (document.querySelectorAll("body > " + landmark).length !== 1) faults.push("not one " + landmark);
  }

  const channels = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = channels(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(element) || element.closest("template, :disabled, .usa-sr-only")) continue;
    const [front, back] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    const size = parseFloat(getComputedStyle(element).fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(getComputedStyle(element).fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push("contrast " + ratio.toFixed(2) + ": " + walker.currentNode.data.trim().slice(0, 40));
  }
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")) {
    const box = element.getBoundingClientRect();
    const inText = element.matches("a") && getComputedStyle(element).display === "inline";
    if (seen(element) && !silent(element) && !inText && box.height < 24 && !element.matches("[type=radio], [type=checkbox]")) {
      faults.push("target only " + Math.round(box.height) + " high: " + (named(element) || element.id));
    }
  }
  return faults;
})()
