import { AppError } from "../errors.ts";

const refused = (kind: "unsupported" | "malformed" | "invalid", code: string, message: string) =>
  new AppError(kind, code, message, { fields: [{ field: "body", code: "invalid", message }] });

const isJson = (type: string) => /^application\/([a-z0-9.-]+\+)?json\s*(;|$)/.test(type);

/**
 * The API takes JSON objects, and files as a form where records are uploaded. Called before the fields are
 * checked, so that a client hears of what is wrong with the whole. A body that may be left out and cannot be read
 * is refused too: it would else count as left out.
 * @throws AppError unsupported (415), malformed (400), invalid (422), each naming `body`.
 */
export function refuseOtherBodies(request: Request, route: string, body: unknown): void {
  if (request.method === "GET") return;
  const type = (request.headers.get("content-type") ?? "").toLowerCase();
  if (!isJson(type)) {
    if (
      request.body === null ||
      (type.startsWith("multipart/form-data") && /\/imports|\/documents$/.test(route))
    )
      return;
    throw refused("unsupported", "body.unsupported", "Send the body as application/json.");
  }
  if (body === undefined && request.body !== null)
    throw refused("malformed", "body.unreadable", "The body could not be read as JSON.");
  if (body !== undefined && (typeof body !== "object" || body === null || Array.isArray(body)))
    throw refused("invalid", "body.not-an-object", "The body must be a JSON object.");
}
