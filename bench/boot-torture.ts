import { rmSync } from "node:fs";
import { databasesOn, run, scratchData, until } from "../tests/boot/app.ts";

/**
 * Kills bin/start by force at random moments, again and again on one data directory, and checks that the next
 * start serves with what the ones before had committed. By hand: `bun run bench/boot-torture.ts [rounds] [--fresh]`.
 * `--fresh` throws the data away before each round, so that the kills fall into the first start.
 */
const rounds = Number(process.argv[2] ?? 20);
const isFresh = process.argv.includes("--fresh");
const longestMs = isFresh ? 6_000 : 2_500;
let dataDir = scratchData();
const port = 20_000 + (process.pid % 10_000);
const env = () => ({
  WARDLINE_DATA: dataDir,
  PORT: String(port),
  WARDLINE_DEMO_PASSWORD: "torture-Password-1",
});

async function signIn(host: string, email: string, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { host, "content-type": "application/json" },
    body: JSON.stringify({ email, password: "torture-Password-1" }),
  });
  return response.status;
}

let failures = 0;
for (let round = 1; round <= rounds; round += 1) {
  if (isFresh) {
    rmSync(dataDir, { recursive: true, force: true });
    dataDir = scratchData();
  }
  const killAfterMs = Math.round(Math.random() * longestMs);
  const victim = run("server/main.ts", [], env());
  await Promise.race([Bun.sleep(killAfterMs), victim.exited]);
  victim.kill("SIGKILL");
  await victim.exited;
  // Every other time the databases go down with it, as in a power cut.
  if (round % 2 === 0) for (const pid of databasesOn(dataDir)) process.kill(pid, "SIGKILL");

  const started = performance.now();
  const next = run("server/main.ts", [], env());
  try {
    await next.says("is ready");
    const took = Math.round(performance.now() - started);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    const owner = await signIn("owner.localhost", "owner@wardline.example", "/api/v1/owner/auth/login");
    const hospitals = await Promise.all(
      ["abdullah", "ramzan"].map((name) =>
        signIn(`${name}.localhost`, `admin@${name}.example`, "/api/v1/tenant/auth/login"),
      ),
    );
    const isWell = ready.status === 200 && [owner, ...hospitals].every((status) => status === 200);
    if (!isWell) failures += 1;
    console.log(
      `${isWell ? "well" : "ILL "} round ${round}: killed after ${killAfterMs} ms, back in ${took} ms, readyz ${ready.status}, sign-ins ${[owner, ...hospitals].join(" ")}`,
    );
    if (!isWell) console.log(next.said());
  } catch (error) {
    failures += 1;
    console.log(`ILL  round ${round}: killed after ${killAfterMs} ms: ${String(error)}`);
  }
  next.kill("SIGTERM");
  await Promise.race([next.exited, Bun.sleep(30_000)]);
  if (next.said().includes("did not close")) console.log(next.said());
  next.kill("SIGKILL");
  await until(() => databasesOn(dataDir).length === 0, 30_000);
}
rmSync(dataDir, { recursive: true, force: true });
console.log(`${rounds - failures} of ${rounds} rounds well`);
process.exit(failures > 0 ? 1 : 0);
