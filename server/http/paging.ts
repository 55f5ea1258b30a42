/** The Link header (RFC 8288) of a page of a list: `first`, and `next` where there is one. */
export function linkHeader(url: URL, nextCursor: string | null): string {
  // Most lists are asked for plainly; a cursor is base64url and stands as it is.
  if (url.search === "") {
    const plain = `<${url.pathname}>; rel="first"`;
    return nextCursor === null ? plain : `${plain}, <${url.pathname}?cursor=${nextCursor}>; rel="next"`;
  }
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
