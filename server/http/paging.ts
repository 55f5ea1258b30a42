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
