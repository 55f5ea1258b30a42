import type { Page } from "../../views/page.ts";
import type { ClientFacts, Hospital } from "../tenancy/context.ts";

/** What the door learned of a request before any route saw it; filled in as the request goes on. */
export interface RequestFacts {
  readonly client: ClientFacts;
  /** https as the browser saw it: cookies are `Secure` and HSTS is sent. */
  readonly secure: boolean;
  readonly url: URL;
  readonly portal: "owner" | "hospital" | "apex";
  readonly hospital: Hospital | null;
  /** The pattern of the route that answered, for logs and metrics. */
  route: string | null;
  /** The page as this person sees it, for an error page in their language. */
  page: Page | null;
  /** The Idempotency-Key claimed by this request, where it was: the answer is kept under it. */
  keepAnswer: ((response: Response) => Promise<Response>) | null;
  /** What a signed-in browser's form held, to send it once more after a fresh proof. */
  form: unknown;
  /** Whether the session that was let in is still good; null where nobody signed in. Asked while an answer goes on. */
  stillOpen: (() => Promise<boolean>) | null;
  /** Names a browser that nobody has signed in with; set as a cookie by the answer that first shows it a form. */
  visitor: string | null;
  /** The methods that the address knows, where it was asked with another. */
  allow: string | null;
}

const facts = new WeakMap<Request, RequestFacts>();

export function setFacts(request: Request, value: RequestFacts): void {
  facts.set(request, value);
}

/** @throws when the request did not come through the app's door. */
export function factsOf(request: Request): RequestFacts {
  const found = facts.get(request);
  if (found === undefined) throw new Error("A request reached a route without passing the door.");
  return found;
}
