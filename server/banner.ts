import type { Env } from "./env.ts";
import type { Log } from "./log.ts";

/** Who may sign in to the demo, and where. */
export interface DemoAccount {
  readonly host: string;
  readonly email: string;
  readonly role: string;
}

export interface Greeting {
  readonly port: number;
  readonly demo: { readonly password: string; readonly accounts: readonly DemoAccount[] } | null;
}

/** Tells whoever started the app where it is; where nobody looks on (databases of their own), one line of the log. */
export function greet(env: Env, log: Log, { port, demo }: Greeting): void {
  const tookMs = Math.round(performance.now());
  const address = (host: string) => `http://${host}${host === "" ? "" : "."}${env.baseDomain}:${port}`;
  if (env.databaseUrl !== null) {
    log.info({ port, mode: env.mode, role: env.role, tookMs }, "Ready");
    return;
  }
  const lines = [
    "",
    `  Wardline is ready (${(tookMs / 1000).toFixed(1)} s).`,
    "",
    `  Owner portal   ${address("owner")}`,
    `  API docs       ${address("owner")}/docs`,
    "  Hospitals      each at its own subdomain",
  ];
  if (demo !== null) {
    lines.push("", `  Demo sign-ins  password of all: ${demo.password}`);
    for (const account of demo.accounts)
      lines.push(`    ${address(account.host).padEnd(36)} ${account.email.padEnd(34)} ${account.role}`);
  } else lines.push("", "  The first operator is made by: bin/wardline owner:create");
  lines.push("", `  Data: ${env.dataDir}. Ctrl-C stops everything.`, "");
  process.stdout.write(`${lines.join("\n")}\n`);
}
