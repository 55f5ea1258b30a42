import { desc } from "drizzle-orm";
import { mailOutbox as ownerOutbox } from "../../../db/schema/control/credentials.ts";
import { mailOutbox } from "../../../db/schema/hospital/credentials.ts";
import { createApp } from "../../../server/app.ts";
import { mailHospital, mailOwner } from "../../../server/bridge/mail.ts";
import { FixedClock } from "../../../server/clock.ts";
import { type Env, readEnv } from "../../../server/env.ts";
import { openMail } from "../../../server/mail/deliver.ts";
import type { SealedMail } from "../../../server/mail/mail.ts";
import { createServices } from "../../../server/services.ts";
import type { Services } from "../../../server/tenancy/services.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, type StaffRole } from "../../support/cast.ts";
import { Client } from "../../support/client.ts";

/** A second copy of the app on the same databases, with a clock of its own and another environment. */
export interface Copy {
  readonly services: Services;
  readonly clock: FixedClock;
  /** The SQL that ran on hospitals' databases since it was last emptied. */
  readonly heard: string[];
  client(host: string, address?: string): Client;
  close(): Promise<void>;
}

export async function anotherCopy(env: Partial<Env> = {}): Promise<Copy> {
  const { services: base, clock: now } = await testApp();
  const clock = new FixedClock(now.now());
  const heard: string[] = [];
  const services = createServices({
    env: { ...readEnv({ WARDLINE_MODE: "all", WARDLINE_LOG: "silent", WARDLINE_DEMO: "0" }), ...env },
    log: base.log,
    keyring: base.keyring,
    controlPlace: base.controlPlace,
    queue: base.queue,
    clock,
    connect: { heard: (statement) => heard.push(statement) },
  });
  const app = createApp(services);
  return {
    services,
    clock,
    heard,
    client: (host, address) => new Client(app, host, address),
    close: () => services.connections.close(),
  };
}

/** The mails of a hospital, the newest first, after the job has answered who asked. */
export async function mailsOf(
  services: Services,
  hospital: TestHospital,
): Promise<readonly (SealedMail & { readonly template: string })[]> {
  await mailHospital(services, hospital.id);
  const { vault, place } = hospital.facts;
  const rows = await services.connections
    .hospital(place)
    .db.select()
    .from(mailOutbox)
    .orderBy(desc(mailOutbox.createdAt), desc(mailOutbox.id));
  return rows.flatMap((row) => {
    const mail = openMail(vault, row);
    return mail === null ? [] : [{ template: row.template, ...mail }];
  });
}

export async function ownersMails(
  services: Services,
): Promise<readonly (SealedMail & { readonly template: string })[]> {
  await mailOwner(services);
  const rows = await services.connections.control.db
    .select()
    .from(ownerOutbox)
    .orderBy(desc(ownerOutbox.createdAt), desc(ownerOutbox.id));
  return rows.flatMap((row) => {
    const mail = openMail(services.keyring, row);
    return mail === null ? [] : [{ template: row.template, ...mail }];
  });
}

export interface Link {
  readonly token: string;
  readonly code: string;
}

/** The link and the code of a mail. @throws where there is no such mail. */
export function linkIn(
  mails: readonly (SealedMail & { readonly template: string })[],
  template: string,
  to: string,
): Link {
  const mail = mails.find((one) => one.template === template && one.to === to);
  const token = new URLSearchParams(mail?.path?.split("?")[1] ?? "").get("token");
  if (mail === undefined || token === null || !("code" in mail.data))
    throw new Error(`No ${template} to ${to}.`);
  return { token, code: mail.data.code };
}

let asked = 0;

/** Asks for a way back in, each time from another address, and reads the mail. */
export async function askForReset(copy: Copy, hospital: TestHospital, role: StaffRole): Promise<Link> {
  const email = emailOf(role, hospital.subdomain);
  asked += 1;
  const answer = await copy
    .client(hospital.host, `192.0.2.${asked}`)
    .send("/api/v1/tenant/auth/request-reset", { json: { email } });
  if (answer.status !== 202) throw new Error(`request-reset answered ${answer.status}`);
  return linkIn(await mailsOf(copy.services, hospital), "password-reset", email);
}

/** A hospital that a test may change as it likes. */
export async function ownHospital(): Promise<{ readonly test: TestApp; readonly hospital: TestHospital }> {
  const test = await testApp();
  return { test, hospital: await test.newHospital() };
}

/** Nobody's list has it, and no name is in it. */
export const goodPassword = "violet-kettle-under-stairs";
