// What the page would fetch from elsewhere, asked for already or not (lazy, on paper, in the dark).
(() => {
  const names = { href: "link,image,use,feImage", src: "*", srcset: "*", poster: "*", data: "object", background: "*" };
  const isInside = (value) => /^\s*(data:|#|$)/.test(value);
  const found = [];
  for (const [name, tags] of Object.entries(names))
    for (const element of document.querySelectorAll(tags))
      if (element.hasAttribute(name) && !isInside(element.getAttribute(name)))
        found.push(`${element.localName} ${name}=${element.getAttribute(name)}`);
  const styles = [...document.querySelectorAll("style")].map((style) => style.textContent);
  styles.push(...[...document.querySelectorAll("[style]")].map((element) => element.getAttribute("style")));
  for (const style of styles)
    for (const [, imported, value] of style.matchAll(/(@import)|url\(\s*["']?([^"')]*)/g))
      if (imported || !isInside(value)) found.push(`style ${imported ?? "url"} ${value ?? ""}`.trim());
  return found;
})();
