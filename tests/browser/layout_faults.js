// What a reader would stumble over in the page as it is laid out now, as a list of sentences.
(() => {
  const SLACK = 1.5, SMALLEST = 9, LARGE = 24, LARGE_BOLD = 18.6;
  const isPaper = matchMedia("print").matches;
  const root = document.documentElement;
  const faults = [];

  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };

  const named = (element) => {
    const name = element.id ? `#${element.id}` : element.classList.length ? `.${element.classList[0]}` : "";
    return `<${element.localName}${name}>`;
  };
  const quoted = (text) => {
    const line = text.replace(/\s+/g, " ").trim();
    return `"${line.length > 40 ? `${line.slice(0, 39)}…` : line}"`;
  };

  // What is kept for screen readers alone.
  const isHidden = (element) => {
    const style = styleOf(element), { width, height } = element.getBoundingClientRect();
    const isPoint = width <= 2 && height <= 2 && style.overflow !== "visible";
    return isPoint || style.clip === "rect(0px, 0px, 0px, 0px)" || /^inset\((50|100)%/.test(style.clipPath);
  };

  const inner = (element) => {
    const box = element.getBoundingClientRect();
    if (element instanceof SVGElement) return box;
    const left = box.left + element.clientLeft, top = box.top + element.clientTop;
    return { left, top, right: left + element.clientWidth, bottom: top + element.clientHeight };
  };

  // The letters themselves, without the room that a font leaves above and below them.
  const core = ({ left, right, top, bottom }) => {
    const room = (bottom - top) / 5;
    return { left, right, top: top + room, bottom: bottom - room };
  };

  // The parents that cut off what reaches over them: [element, sideways, downwards].
  const limits = (element) => {
    const found = [];
    for (let each = element; each && each !== document.body && each !== root; each = each.parentElement) {
      const style = styleOf(each);
      if (each instanceof SVGSVGElement) found.push([each, "hidden", "hidden"]);
      else if (style.display !== "inline" && style.display !== "contents" && style.overflow !== "visible")
        found.push([each, style.overflowX, style.overflowY]);
    }
    return found;
  };

  // The part of a box that can be seen without scrolling; adds a fault where the rest cannot be reached at all.
  const visible = (box, element, text) => {
    let { left, right, top, bottom } = box;
    for (const [limit, sideways, downwards] of limits(element)) {
      const room = inner(limit);
      const isOver = left < room.left - SLACK || right > room.right + SLACK;
      const isBelow = top < room.top - SLACK || bottom > room.bottom + SLACK;
      const canScroll = (way) => !isPaper && (way === "auto" || way === "scroll");
      if ((isOver && sideways !== "visible" && !canScroll(sideways)) ||
          (isBelow && downwards !== "visible" && !canScroll(downwards))) {
        faults.push(`text cut: ${quoted(text)} by ${named(limit)}`);
        return null;
      }
      if (sideways !== "visible") [left, right] = [Math.max(left, room.left), Math.min(right, room.right)];
      if (downwards !== "visible") [top, bottom] = [Math.max(top, room.top), Math.min(bottom, room.bottom)];
      if (left >= right || top >= bottom) return null;
    }
    const start = -scrollX, end = root.clientWidth - scrollX;
    if (left < start - SLACK || right > end + SLACK || top < -scrollY - SLACK) {
      faults.push(`text outside of the page: ${quoted(text)}`);
      return null;
    }
    return { left, right, top, bottom };
  };

  const textNodes = function* () {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const shown = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || !element.checkVisibility(shown)) continue;
      let isSeen = true;
      for (let each = element; each && isSeen; each = each.parentElement) isSeen = !isHidden(each);
      if (isSeen) yield node;
    }
  };

  const pixels = (element) => {
    const size = parseFloat(styleOf(element).fontSize);
    const matrix = element instanceof SVGGraphicsElement ? element.getScreenCTM() : null;
    return matrix ? size * Math.hypot(matrix.a, matrix.b) : size;
  };

  // Colours of texts on what lies below them: axe-core reads neither `fill` nor the dark ground of a page without one.
  const dot = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const parts = (colour) => {
    if (!known.has(colour)) {
      dot.clearRect(0, 0, 1, 1);
      dot.fillStyle = colour;
      dot.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = dot.getImageData(0, 0, 1, 1).data;
      known.set(colour, { rgb: [red, green, blue], alpha: alpha / 255 });
    }
    return known.get(colour);
  };
  const canvas = (() => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.background = "Canvas";
    const colour = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return colour;
  })();
  const over = (ground, colour, opacity) => {
    const { rgb, alpha } = parts(colour), share = alpha * opacity;
    return ground.map((part, place) => part * (1 - share) + rgb[place] * share);
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const parents = (element) => (element ? [...parents(element.parentElement), element] : []);
  const groundOf = (element) =>
    parents(element).reduce((ground, each) => over(ground, styleOf(each).backgroundColor, 1), parts(canvas).rgb);
  const isUnder = (shape, text, x, y) => {
    if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) return false;
    const matrix = shape.getScreenCTM();
    return styleOf(shape).fill !== "none" && matrix !== null &&
      shape.isPointInFill(new DOMPoint(x, y).matrixTransform(matrix.inverse()));
  };
  const grounds = (element, { left, right, top, bottom }) => {
    const ground = groundOf(element);
    if (!(element instanceof SVGElement)) return [ground];
    const shapes = [...outermost(element).querySelectorAll("rect,path,circle,ellipse,polygon")];
    return [0.1, 0.5, 0.9].map((share) => {
      const under = shapes.filter((each) => isUnder(each, element, left + (right - left) * share, (top + bottom) / 2));
      return under.map(styleOf).reduce((all, look) => over(all, look.fill, look.fillOpacity * look.opacity), ground);
    });
  };
  const contrast = (element, box) => {
    const style = styleOf(element), isDrawn = element instanceof SVGElement;
    const opacity = parents(element).reduce((all, each) => all * styleOf(each).opacity, isDrawn ? style.fillOpacity : 1);
    return Math.min(...grounds(element, box).map((ground) => {
      const ink = over(ground, isDrawn ? style.fill : style.color, opacity);
      const [dark, light] = [luminance(ground), luminance(ink)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    }));
  };
  const checkContrast = (element, box, text) => {
    if (element.closest(":disabled") || (element instanceof SVGElement && styleOf(element).fill === "none")) return;
    const ratio = contrast(element, box);
    const isLarge = pixels(element) >= (styleOf(element).fontWeight >= 700 ? LARGE_BOLD : LARGE);
    if (ratio < (isLarge ? 3 : 4.5))
      faults.push(`low contrast: ${quoted(text)} in ${named(element)}, ${ratio.toFixed(2)} to 1`);
  };
  const outermost = (element) => {
    let svg = element.ownerSVGElement;
    while (svg.ownerSVGElement) svg = svg.ownerSVGElement;
    return svg;
  };

  for (const details of document.querySelectorAll("details")) details.open = true;
  if (root.scrollWidth > root.clientWidth + 1)
    faults.push(`the page scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth} px`);

  const pieces = [];
  for (const node of textNodes()) {
    const element = node.parentElement, range = document.createRange(), size = pixels(element);
    if (size < SMALLEST) faults.push(`text too small: ${quoted(node.data)}, ${size.toFixed(1)} px`);
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width >= 1 && rect.height >= 1);
    for (const rect of rects) {
      const box = visible(core(rect), element, node.data);
      if (box) pieces.push({ node, text: node.data, ...box });
    }
    if (rects.length) checkContrast(element, rects[0], node.data);
  }

  // The same text twice in one place, once as the edge of the letters.
  const isHalo = (one, other) =>
    one.text === other.text && Math.abs(one.left - other.left) <= SLACK && Math.abs(one.top - other.top) <= SLACK;

  pieces.sort((a, b) => a.top - b.top);
  let open = [];
  for (const piece of pieces) {
    open = open.filter((other) => other.bottom > piece.top + SLACK);
    for (const other of open) {
      const shared = Math.min(piece.right, other.right) - Math.max(piece.left, other.left);
      const deep = Math.min(piece.bottom, other.bottom) - piece.top;
      if (other.node !== piece.node && !isHalo(other, piece) && shared > SLACK && deep > SLACK)
        faults.push(`texts overlap: ${quoted(other.text)} and ${quoted(piece.text)}`);
    }
    open.push(piece);
  }
  return [...new Set(faults)];
})();
