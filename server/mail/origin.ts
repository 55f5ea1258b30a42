import type { Env } from "../env.ts";

/**
 * Where a portal is reached, for links in mail: never taken from a request, whose headers anybody may write.
 * `subdomain` is null for the owner portal.
 */
export function portalOrigin(
  env: Pick<Env, "publicUrl" | "baseDomain" | "port">,
  subdomain: string | null,
): string {
  const label = subdomain ?? "owner";
  if (env.publicUrl !== null) {
    const { protocol, host } = new URL(env.publicUrl);
    return `${protocol}//${label}.${host}`;
  }
  const { baseDomain } = env;
  return baseDomain === "localhost" || baseDomain.endsWith(".localhost")
    ? `http://${label}.${baseDomain}:${env.port}`
    : `https://${label}.${baseDomain}`;
}
