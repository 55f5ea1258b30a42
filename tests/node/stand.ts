import { freePort } from "../../db/embedded-settings.ts";
import { createApp } from "../../server/app.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { systemClock } from "../../server/clock.ts";
import { revokeNode } from "../../server/owner/nodes/nodes.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import { discard, run, type StartedApp, scratchData } from "../boot/app.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { type Proxy as LinkProxy, startProxy } from "../support/proxy.ts";

/** The owner's side on a port of this process, behind a proxy, and a hospital's server as a process of its own. */
export interface Stand {
  readonly owner: TestApp;
  readonly hospital: TestHospital;
  readonly link: LinkProxy;
  readonly dataDir: string;
  readonly port: number;
  token(): Promise<string>;
  revoke(nodeId: string): Promise<void>;
  /** Runs `bin/wardline node:join`; resolves to its exit code and what it said. */
  join(token: string, dataDir?: string): Promise<{ readonly code: number; readonly said: string }>;
  joining(token: string): StartedApp;
  /** Starts the hospital's server. */
  start(): Promise<StartedApp>;
  /** A request to the hospital's server. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export async function makeStand(): Promise<Stand> {
  const owner = await testApp();
  const hospital = await owner.newHospital();
  // The clock of the tests stands still; requests are signed by the real one.
  const services = { ...owner.services, clock: systemClock };
  const app = createApp(services);
  const server = Bun.serve({
    port: 0,
    idleTimeout: 60,
    fetch: (request, peer) => app.handle(request, peer.requestIP(request)?.address ?? null),
  });
  const link = await startProxy({ host: "127.0.0.1", port: server.port ?? 0 });
  const dataDir = scratchData();
  const port = await freePort([]);
  const started: StartedApp[] = [];
  const context = systemOwner(services, "tests");
  const launch = (file: string, args: readonly string[], env: Record<string, string>) => {
    const child = run(file, args, { WARDLINE_LOG: "warn", ...env });
    started.push(child);
    return child;
  };
  const joining = (token: string, directory = dataDir) =>
    launch(
      "server/cli/main.ts",
      [
        "node:join",
        "--owner",
        `http://owner.localhost:${link.port}`,
        "--token",
        token,
        "--json",
        "--address",
        `http://localhost:${port}`,
      ],
      { WARDLINE_DATA: directory },
    );
  return {
    ...{ owner, hospital, link, dataDir, port, joining },
    token: async () => (await createNodeToken(context, hospital.id)).token,
    revoke: async (nodeId) => {
      await revokeNode(context, hospital.id, nodeId);
    },
    async join(token, directory) {
      const command = joining(token, directory);
      return { code: await command.exited, said: command.said() };
    },
    async start() {
      const started = launch("server/main.ts", [], {
        ...{ WARDLINE_MODE: "hospital", WARDLINE_DATA: dataDir, PORT: String(port) },
      });
      await started.says("is ready at");
      return started;
    },
    ask: (path, init) => fetch(`http://localhost:${port}${path}`, { redirect: "manual", ...init }),
    async close() {
      for (const child of started) child.kill("SIGKILL");
      await Promise.all(started.map((child) => child.exited));
      link.stop();
      await server.stop(true);
      await discard(dataDir);
    },
  };
}
