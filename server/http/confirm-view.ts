import { ConfirmItIsYouPage, type Interrupted } from "../../views/account/confirm-page.tsx";
import { csrfField, type Page } from "../../views/page.ts";
import type { FieldError } from "../errors.ts";
import { factsOf } from "./facts.ts";
import { html, safeReturn } from "./reply.ts";

interface ConfirmState {
  readonly status: number;
  readonly withCode: boolean;
  readonly errors?: readonly FieldError[];
  readonly whole?: string;
}

/** The page where somebody proves anew who they are, holding what they were about to do. */
export async function confirmView(
  page: Page,
  interrupted: Interrupted,
  state: ConfirmState,
): Promise<Response> {
  const { status, withCode, errors = [], whole } = state;
  const form = { values: {}, errors };
  const props = { page, interrupted, form, withCode, ...(whole === undefined ? {} : { whole }) };
  const response = await html(ConfirmItIsYouPage(props), status);
  response.headers.set("cache-control", "no-store");
  return response;
}

/** What a request was about to do: the page it asked for, or the form it sent. A file is not kept: then its page. */
export function interruptedBy(request: Request): Interrupted {
  const { url, form } = factsOf(request);
  const path = safeReturn(`${url.pathname}${url.search}`);
  if (request.method === "GET") return { method: "get", path, fields: [] };
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(typeof form === "object" && form !== null ? form : {})) {
    if (name === csrfField) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== "string") return { method: "get", path: refererOf(request), fields: [] };
      fields.push([name, one]);
    }
  }
  return { method: "post", path, fields };
}

function refererOf(request: Request): string {
  const referer = URL.parse(request.headers.get("referer") ?? "");
  return referer !== null && referer.host === request.headers.get("host")
    ? safeReturn(`${referer.pathname}${referer.search}`)
    : "/";
}

/** What the page carried, read back; whatever was altered leads home. */
export function readInterrupted(text: string | undefined): Interrupted {
  const home: Interrupted = { method: "get", path: "/", fields: [] };
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8"));
    if (typeof value !== "object" || value === null) return home;
    const path = safeReturn(Reflect.get(value, "path"));
    if (Reflect.get(value, "method") !== "post") return { method: "get", path, fields: [] };
    const fields: unknown = Reflect.get(value, "fields");
    return { method: "post", path, fields: Array.isArray(fields) ? fields.filter(isField) : [] };
  } catch {
    return home;
  }
}

const isField = (field: unknown): field is [string, string] =>
  Array.isArray(field) && typeof field[0] === "string" && typeof field[1] === "string";
