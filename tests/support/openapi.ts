import type { Client } from "./client.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: JsonSchema;
  }[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
  };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description?: string;
        readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
      }
    >
  >;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The document as clients get it. */
export async function openApi(client: Client): Promise<OpenApi> {
  return (await (await client.get("/docs/json")).json()) as OpenApi;
}

function resolved(value: unknown, document: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, document));
  if (typeof value !== "object" || value === null) return value;
  const reference: unknown = Reflect.get(value, "$ref");
  if (typeof reference !== "string")
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, document)]));
  let target: unknown = document;
  for (const name of reference.split("/").slice(1)) target = Reflect.get(Object(target), name);
  if (target === undefined) throw new Error(`${reference} leads nowhere.`);
  return resolved(target, document);
}

/** Every operation of the document, with what it refers to put in place. */
export function operationsOf(document: OpenApi): Described[] {
  const paths = resolved(document.paths, document) as OpenApi["paths"];
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}
