import { createApp } from "../../server/app.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { fillPatients } from "./patients.ts";
import { benchAdmin, type Stand } from "./stand.ts";
import { type Fresh, freshOf, newValues, type Statement, sendAgain, statementsOf } from "./statements.ts";
import { open, type Sql } from "./sync-visits.ts";

/** Transactions of one piece of a desk's work: a registration, and its correction. */
export const transactionsOfDesk = 2;

/** What the app sends a hospital's database where somebody registers a patient and then corrects the record. */
export interface DeskWork {
  readonly statements: readonly Statement[];
  readonly fresh: readonly Fresh[];
}

export interface Desk {
  /** As the owner of the tables, and as the hospital's own role. */
  readonly admin: Sql;
  readonly sql: Sql;
}

/** A hospital of the bench with 10,000 patients. */
export async function openDesk(stand: Stand, subdomain: string, connections: number): Promise<Desk> {
  const { tenant } = await provisionHospital(stand.services, systemOwner(stand.services, "bench"), {
    ...{ companyName: "Bench Hospital", subdomain, region: "local", plan: "enterprise" },
    firstAdmin: benchAdmin,
  });
  const { hospital, primaryAdmin } = await placesOf(stand.services, tenant.id);
  await fillPatients(open(primaryAdmin, 1), 10_000);
  return { admin: open(primaryAdmin, 1), sql: open(hospital.place, connections) };
}

/** Lets the app itself do the work once, on the hospital of that name, and hears what it sends. */
export async function hearDesk(stand: Stand, subdomain: string): Promise<DeskWork> {
  const host = `${subdomain}.localhost`;
  const app = createApp(stand.services);
  const ask = async (method: string, path: string, body: unknown, headers: Record<string, string>) => {
    const answer = await app.handle(
      new Request(`http://${host}/api/v1/tenant${path}`, {
        method,
        headers: { host, "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
      "127.0.0.1",
    );
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const { email, password } = benchAdmin;
  const signedIn = (await (await ask("POST", "/auth/login", { email, password }, {})).json()) as {
    accessToken: string;
    user: { id: string };
  };
  const api = { authorization: `Bearer ${signedIn.accessToken}` };
  const person = { firstName: "Bench", lastName: "Desk", sex: "female", bornOn: "1990-05-17" };
  const register = () => ask("POST", "/patients", person, api);
  // Once before, so that nothing is looked up for the first time; looks are written a moment later.
  await register();
  await Bun.sleep(500);
  const registered = await statementsOf(stand.heard, register);
  const made = (await registered.response.json()) as { id: string; mrn: string };
  const corrected = await statementsOf(stand.heard, () =>
    ask(
      "PATCH",
      `/patients/${made.id}`,
      { city: "Lahore", phone: "+923001234567" },
      { ...api, "if-match": '"1"' },
    ),
  );
  const statements = [...registered.statements, ...corrected.statements];
  const begun = statements.filter(({ text }) => /^\s*begin/i.test(text)).length;
  if (begun !== transactionsOfDesk) throw new Error(`The app opened ${begun} transactions.`);
  const fresh = freshOf(statements, made).filter(({ seen }) => seen !== signedIn.user.id);
  return { statements, fresh };
}

/** The work's transactions a second that so many people at once get done, each on a connection of their own. */
export async function deskRate(sql: Sql, work: DeskWork, people: number, seconds: number): Promise<number> {
  const sessions = await Promise.all(Array.from({ length: people }, () => sql.reserve()));
  const started = performance.now();
  const until = started + seconds * 1000;
  let done = 0;
  const person = async (session: (typeof sessions)[number]): Promise<void> => {
    while (performance.now() < until) {
      await sendAgain(
        (text, values) => session.unsafe(text, values as never[], { prepare: values.length > 0 }),
        work.statements,
        newValues(work.fresh),
      );
      done += transactionsOfDesk;
    }
  };
  try {
    await Promise.all(sessions.map(person));
    return (done * 1000) / (performance.now() - started);
  } finally {
    for (const session of sessions) session.release();
  }
}
