import { AppError } from "../errors.ts";

/**
 * The API takes JSON, and files as a form where records are uploaded. Called before a body is checked, so that a
 * client hears of the wrong Content-Type and not of missing fields. @throws AppError unsupported (415).
 */
export function refuseOtherMedia(request: Request, path: string): void {
  const type = (request.headers.get("content-type") ?? "").toLowerCase();
  if (/^application\/([a-z0-9.-]+\+)?json\s*(;|$)/.test(type)) return;
  if (request.method === "GET" || request.method === "HEAD" || request.body === null) return;
  if (type.startsWith("multipart/form-data") && path.includes("/imports")) return;
  throw new AppError("unsupported", "body.unsupported", "Send the body as application/json.", {
    fields: [{ field: "body", code: "unsupported", message: "Send the body as application/json." }],
  });
}
