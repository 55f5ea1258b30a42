const types = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson; charset=utf-8" } as const;

/** A file as it is made, piece by piece; a spreadsheet knows by the mark at its start (where one is given) that it is UTF-8. */
export function fileOf(
  pieces: AsyncGenerator<string>,
  type: keyof typeof types,
  name: string,
  mark = "",
): Response {
  const encoder = new TextEncoder();
  let first = true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) return controller.close();
      controller.enqueue(encoder.encode(first ? mark + value : value));
      first = false;
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  return new Response(body, {
    headers: { "content-type": types[type], "content-disposition": `attachment; filename="${name}"` },
  });
}
