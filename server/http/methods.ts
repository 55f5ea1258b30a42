import { AppError } from "../errors.ts";

interface Registered {
  readonly method: string;
  readonly path: string;
}

/** `/patients/:id/history` as a pattern of addresses. */
function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => {
    if (part === "*") return ".*";
    if (part.startsWith(":")) return "[^/]+";
    return part.replace(/[^A-Za-z0-9_-]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("/")}/?$`);
}

/**
 * Tells an address that is not there from one that is there for other methods. Asked only after nothing was
 * found, so that it costs a request that is served nothing.
 */
export function methodsAt(routes: readonly Registered[]) {
  const patterns = routes.map(({ method, path }) => ({ method, pattern: patternOf(path) }));
  return (path: string): string[] => {
    const found = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(found.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
  };
}

/** The address is there, the method is not: 405. */
export function methodNotAllowed(): AppError {
  return new AppError(
    "method-not-allowed",
    "method.not-allowed",
    "This address does not take that kind of request.",
  );
}

/** What HEAD is answered: as GET, without the body. */
export function withoutBody(response: Response): Response {
  void response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}
