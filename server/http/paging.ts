import { t } from "elysia";

/** The paging of every list: `limit` rows from where `cursor` says. */
export const pagingQuery = {
  limit: t.Optional(
    t.Integer({ minimum: 1, maximum: 100, default: 20, description: "Rows a page, 1 to 100." }),
  ),
  cursor: t.Optional(
    t.String({ maxLength: 500, description: "Where the page begins: `nextCursor` of the page before." }),
  ),
};

/** The Link header (RFC 8288) of a page of a list: `first`, and `next` where there is one. */
export function linkHeader(url: URL, nextCursor: string | null): string {
  const first = new URLSearchParams(url.searchParams);
  first.delete("cursor");
  const query = first.size > 0 ? `?${first}` : "";
  const links = [`<${url.pathname}${query}>; rel="first"`];
  if (nextCursor !== null) {
    first.set("cursor", nextCursor);
    links.push(`<${url.pathname}?${first}>; rel="next"`);
  }
  return links.join(", ");
}
