export interface Reads {
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

const everyMs = 40;

/** Signs in at a hospital's server and reads its list of patients, 25 times a second at most, until told or time is up. */
export async function readPages(asked: {
  readonly port: number;
  readonly email: string;
  readonly password: string;
  readonly until: () => Promise<boolean>;
  readonly atMostMs: number;
}): Promise<Reads> {
  const base = `http://localhost:${asked.port}`;
  const { email, password } = asked;
  const signIn = await fetch(`${base}/sign-in`, {
    ...{ method: "POST", redirect: "manual", body: new URLSearchParams({ email, password }) },
  });
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const took: number[] = [];
  const ends = performance.now() + asked.atMostMs;
  while (performance.now() < ends && !(await asked.until())) {
    const started = performance.now();
    const page = await fetch(`${base}/patients`, { headers: { cookie }, redirect: "manual" });
    await page.text();
    if (page.status !== 200) throw new Error(`The list of patients answered ${page.status}.`);
    const ms = performance.now() - started;
    took.push(ms);
    if (ms < everyMs) await Bun.sleep(everyMs - ms);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) };
}
