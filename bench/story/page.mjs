// The story as one HTML page, for the demonstration inside livesearch. It runs no script.

import { Marked } from "marked";
import { slug } from "./markdown.mjs";

export const page_path = "/story";

const plain = (html) => html.replace(/<[^>]*>/g, "");
const unescaped = (html) => html.replaceAll("&quot;", '"').replaceAll("&#39;", "'")
  .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
  .replaceAll("<", "&lt;");

const anchor = (html) => slug(unescaped(plain(html)));

/** `marked` calls these; `sizes` has the width and height of each chart. */
function renderer(sizes) {
  let chapter = "";
  let tables = 0;
  return {
    /** The repository's files are named, not linked: the page is not beside them. */
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      return href.startsWith("#") ? `<a href="${href}">${words}</a>` : `<code>${words}</code>`;
    },
    heading({ tokens, depth }) {
      const words = this.parser.parseInline(tokens);
      chapter = escaped(unescaped(plain(words)));
      return `<h${depth} id="${anchor(words)}">${words}</h${depth}>\n`;
    },
    /** A table may be wider than the window; then the keyboard reaches it and scrolls it. */
    table({ header, rows }) {
      tables += 1;
      const name = `Table ${tables}: ${chapter}`;
      return `<div class="wide" role="region" tabindex="0" aria-label="${name}">\n<table>\n` +
        `${table_rows(this.parser, header, rows)}</table>\n</div>\n`;
    },
    code({ text }) {
      return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
    },
    image({ href, text }) {
      const name = href.replace(/^story\//, "");
      const { width, height } = sizes[name];
      return `<img src="${page_path}/${name}" alt="${escaped(text)}" width="${width}" ` +
        `height="${height}">`;
    },
  };
}

function table_rows(parser, header, rows) {
  const cell = (tag, one, scope = "") => {
    const align = one.align ? ` class="${one.align}"` : "";
    return `<${tag}${scope}${align}>${parser.parseInline(one.tokens)}</${tag}>`;
  };
  const head = header.map((one) =>
    one.text === "" ? "<td></td>" : cell("th", one, ' scope="col"'));
  const body = rows.map(([first, ...rest]) => {
    const figures = rest.map((one) => cell("td", one)).join("");
    return `<tr>${cell("th", first, ' scope="row"')}${figures}</tr>\n`;
  });
  return `<thead><tr>${head.join("")}</tr></thead>\n<tbody>\n${body.join("")}</tbody>\n`;
}

function chapters(markdown, instance) {
  const entries = instance.lexer(markdown)
    .filter((token) => token.type === "heading" && token.depth === 2)
    .map((token) => instance.parseInline(token.text))
    .map((words) => `<li><a href="#${anchor(words)}">${words}</a></li>`);
  return `<nav aria-label="Chapters">\n<ol>\n${entries.join("\n")}\n</ol>\n</nav>\n`;
}

/** `sizes` has the width and height of each chart, so that nothing moves while they load. */
export function page(markdown, sizes) {
  const instance = new Marked({ renderer: renderer(sizes) });
  const title = instance.lexer(markdown).find((token) => token.type === "heading").text;
  const body = instance.parse(markdown)
    .replace("</h1>\n", `</h1>\n${chapters(markdown, instance)}`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${page_path}/page.css">
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
}
