import type { Services } from "../tenancy/services.ts";
import { factsOf } from "./facts.ts";

/** Where a hospital's people sign in, as this browser would reach it: the same scheme and port. */
export function portalAddress(services: Pick<Services, "env">, request: Request, subdomain: string): string {
  const { secure } = factsOf(request);
  const port = /:\d+$/.exec(request.headers.get("host") ?? "")?.[0] ?? "";
  return `${secure ? "https" : "http"}://${subdomain}.${services.env.baseDomain}${port}`;
}
