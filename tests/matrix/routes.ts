import { csrfHeader } from "../../views/page.ts";
import { sampleOf } from "../http/faults.ts";
import type { TestApp } from "../support/app.ts";
import type { Badge } from "../support/badges.ts";
import { openApi, operationsOf } from "../support/openapi.ts";
import { publicRoutes } from "../support/public-routes.ts";
import type { Planted } from "./plant.ts";

/** One method of one registered route. */
export interface WalkedRoute {
  readonly portal: "owner" | "hospital" | "apex";
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly isApi: boolean;
  /** Reviewed as open to anybody. */
  readonly isPublic: boolean;
  /** A body that the route's schema takes, where it has one. */
  readonly sample: unknown;
}

const nobody = "01980000-0000-7000-8000-000000000000";
const words: Readonly<Record<string, string>> = {
  ...{ ":tab": "observations", ":act": "suspension", ":recordClass": "patients", ":token": "no-token" },
};

/** Every route as it is registered: what is new is walked by being there. */
export async function walkedRoutes({ app, client }: TestApp): Promise<readonly WalkedRoute[]> {
  const samples = new Map<string, unknown>();
  for (const { method, path, operation } of operationsOf(await openApi(client("localhost")))) {
    const { content } = operation.requestBody ?? { content: {} };
    const schema = content["application/json"]?.schema;
    const name = `${method.toUpperCase()} ${path}`;
    if (schema !== undefined) samples.set(name, sampleOf(schema));
    if (content["multipart/form-data"] !== undefined) samples.set(name, aFile);
  }
  return app.routes.flatMap(({ portal, method, path }) =>
    (method === "ALL" ? ["GET", "POST"] : [method]).map((verb) => ({
      ...{ portal, path, method: verb, name: `${portal} ${verb} ${path}`, isApi: path.startsWith("/api/") },
      isPublic: portal === "apex" || publicRoutes.has(`${method} ${path}`),
      sample: samples.get(`${verb} ${path.replace(/:([A-Za-z]+)\??/g, "{$1}")}`) ?? {},
    })),
  );
}

/** The route's address with a hospital's rows for its ids, or with those of nobody; `named` says whether one is. */
export function addressOf(
  { path }: WalkedRoute,
  ids: Planted["ids"] | null,
): { readonly address: string; readonly named: boolean } {
  let named = false;
  const parts = path.split("/");
  const filled = parts.map((part, at) => {
    if (part === "*") return "x";
    if (!part.startsWith(":")) return part;
    const word = words[part];
    if (word !== undefined) return word;
    const before = parts[at - 1] ?? "";
    const id = ids?.[`${parts[at - 2]}/${before}`] ?? ids?.[before];
    if (id === undefined) return nobody;
    named = true;
    return id;
  });
  return { address: filled.join("/"), named };
}

/** Stands for a body that is a file. */
const aFile = "a file";

function fileForm(): FormData {
  const form = new FormData();
  form.set("kind", "letter");
  for (const field of ["file", "files"]) form.set(field, new File(["a,b"], "walk.csv", { type: "text/csv" }));
  return form;
}

/** What forms ask for most, so that a rule is not spared by an empty field. */
const commonForm: Readonly<Record<string, string>> = {
  ...{ name: "Walked by", email: "walked@example.com", firstName: "Walked", lastName: "By", sex: "female" },
  ...{
    reason: "emergency",
    explanation: "Looked at in a walk over all routes",
    note: "A walk",
    city: "Lahore",
  },
  ...{
    bornOn: "1990-05-17",
    purpose: "research",
    decision: "granted",
    givenBy: "patient",
    method: "written",
  },
  ...{ confirm: "yes", minutes: "15", verdict: "justified", role: "admin", accent: "blue", days: "30" },
};

export interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  /** The Host, and the host in the request's target where it is another (absolute form). */
  readonly host: string;
  readonly targetHost?: string;
  /** Sends what the route takes rather than nothing. */
  readonly whole: boolean;
  /** Fields of the form beside those that forms ask for most. */
  readonly form?: Readonly<Record<string, string>>;
  /** Each caller from an address of its own, so that none is refused for another's calls. */
  readonly from: string;
}

/** Sends one request of the walk; a stream is not waited for. */
export async function ask(
  { app }: TestApp,
  route: WalkedRoute,
  address: string,
  { headers, host, targetHost = host, whole, from, form = {} }: Asked,
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const all = new Headers({ host, ...headers });
  let body: BodyInit | null = null;
  if (route.method !== "GET" && whole && route.sample === aFile) {
    body = fileForm();
  } else if (route.method !== "GET") {
    const isForm = !route.isApi;
    all.set("content-type", isForm ? "application/x-www-form-urlencoded" : "application/json");
    if (isForm) body = new URLSearchParams(whole ? { ...commonForm, ...form } : { ...form }).toString();
    else body = JSON.stringify(whole ? route.sample : {});
  }
  const request = new Request(`http://${targetHost}${address}`, {
    ...{ method: route.method, headers: all, body, redirect: "manual" },
  });
  const response = await app.handle(request, from);
  const told = [...response.headers.values()].join("\n");
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return { status: response.status, headers: response.headers, text: told };
  }
  const { status, headers: answered } = response;
  return { status, headers: answered, text: `${told}\n${await response.text()}` };
}

/** What somebody's browser sends to a page, or their program to the API. */
export function headersOf(badge: Badge, { isApi }: WalkedRoute): Record<string, string> {
  return isApi
    ? { authorization: `Bearer ${badge.token}` }
    : { cookie: badge.cookie, [csrfHeader]: badge.proof };
}
