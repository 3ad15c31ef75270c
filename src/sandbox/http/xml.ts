/** An element: its name, and its text or the elements in it. */
export type Element = readonly [name: string, content: string | readonly Element[]];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** An XML document with one root element. */
export function toXml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render(root)}`;
}

function render([name, content]: Element): string {
  return `<${name}>${typeof content === "string" ? escapeText(content) : content.map(render).join("")}</${name}>`;
}

/** Characters that XML 1.0 cannot hold at all become the replacement character. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
