import { type DocumentDecoration, type TSchema, t } from "elysia";
import type { ErrorKind } from "../errors.ts";
import { statusOf } from "../errors.ts";

/** RFC 9457, as every error of the API is answered. */
export const problemSchema = t.Object(
  {
    type: t.String(),
    title: t.String(),
    status: t.Integer(),
    code: t.String({ description: "Stable; what a program acts on." }),
    detail: t.String({ description: "For a person to read." }),
    requestId: t.String(),
    errors: t.Optional(t.Array(t.Object({ field: t.String(), code: t.String(), message: t.String() }))),
    details: t.Optional(t.Record(t.String(), t.Unknown())),
  },
  { title: "Problem" },
);

const words: Readonly<Record<ErrorKind, string>> = {
  malformed: "The request could not be read.",
  invalid: "Some fields need correcting; `errors` names them.",
  unauthenticated: "No valid access token.",
  "payment-required": "The plan's limit is reached.",
  forbidden: "The role or the key does not allow this.",
  "not-found": "No such row here.",
  "method-not-allowed": "The address knows other methods; Allow names them.",
  "not-acceptable": "No such representation.",
  conflict: "It stands against what is there; `code` says what.",
  gone: "It was here and is no more.",
  "precondition-failed": "If-Match names an older version.",
  "too-large": "The body is too large.",
  unsupported: "The Content-Type is not one of those taken.",
  "precondition-required": "If-Match is needed.",
  "too-many": "Too many calls; Retry-After says when to go on.",
  internal: "Something went wrong on our side.",
  unavailable: "The hospital's database, or a part it needs, is away.",
};

interface Described {
  readonly summary: string;
  readonly tag: string;
  readonly description?: string;
  /** Status to what is answered; null where there is no body. */
  readonly answers: Readonly<Record<number, TSchema | null>>;
  /** Beyond 400, 401, 403, 422, 429, 500 and 503, which any route may answer. */
  readonly errors?: readonly ErrorKind[];
  /** No access token is asked for. */
  readonly open?: true;
  /** Media type of the answers where it is not JSON. */
  readonly media?: string;
}

/** The OpenAPI detail of a route: what it does, what it answers, every error, and what it asks for. */
export function describe(route: Described): DocumentDecoration {
  const usual: ErrorKind[] = ["malformed", "invalid", "too-many", "too-large", "internal", "unavailable"];
  const kinds = new Set<ErrorKind>([
    ...usual,
    ...(route.open ? [] : (["unauthenticated", "forbidden"] as const)),
    ...(route.errors ?? []),
  ]);
  const responses: NonNullable<DocumentDecoration["responses"]> = {};
  for (const [status, schema] of Object.entries(route.answers))
    responses[status] = {
      description: route.summary,
      ...(schema === null ? {} : { content: { [route.media ?? "application/json"]: { schema } } }),
    };
  for (const kind of kinds)
    responses[String(statusOf[kind])] ??= {
      description: words[kind],
      content: { "application/problem+json": { schema: problemSchema as object } },
    };
  return {
    summary: route.summary,
    tags: [route.tag],
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.open ? [] : [{ bearer: [] }, { apiKey: [] }],
    responses,
  };
}

/** `{items, nextCursor, total?}`, as every list answers. */
export const listOf = (row: TSchema) =>
  t.Object({ items: t.Array(row), nextCursor: t.Nullable(t.String()), total: t.Optional(t.Integer()) });
