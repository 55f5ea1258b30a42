import { type App, createApp } from "../../server/app.ts";
import type { TestApp } from "../support/app.ts";
import { password } from "../support/cast.ts";
import { Client } from "../support/client.ts";

/** One page, and who looks at it. */
export interface Visit {
  readonly path: string;
  /** A seat of the scene. */
  readonly as: string;
  /** What its picture is called. */
  readonly name: string;
}

/** Who looks at the pages of one portal, and what stands for `:name` in their addresses. */
export interface Scene {
  readonly host: string;
  /** The one who sees most sits at the first. */
  readonly seats: ReadonlyMap<string, Client>;
  /** Pages by their pattern, or the first part of it; an empty list where `more` has them all. */
  readonly ids: Readonly<Record<string, string | readonly string[]>>;
  /** Pages that only some see, by seat. */
  readonly more: Readonly<Record<string, readonly string[]>>;
}

/** The app with the pages of a demonstration beside its own, on the same databases. */
export function demoOf({ services }: TestApp): App {
  return createApp({ ...services, env: { ...services.env, demo: true } });
}

/** Where the newest mail with such a link leads. @throws where there is none. */
export async function linkIn(app: App, host: string, begins: string): Promise<string> {
  const mails = await new Client(app, host).page("/mailbox");
  const found = new RegExp(`href="[^"]*?(${begins.replaceAll("?", "\\?")}[^"&]+)`).exec(mails)?.[1];
  if (found === undefined) throw new Error(`No mail of ${host} leads to ${begins}.`);
  return found;
}

/** An answer's JSON. @throws where it is a refusal. */
export async function good<Answer>(answering: Promise<Response>): Promise<Answer> {
  const answer = await answering;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
  return JSON.parse(text) as Answer;
}

/** Somebody who was invited comes in: a name, a password, signed in. */
export async function comeIn(app: App, host: string, name: string, email: string): Promise<Client> {
  const [, , token = ""] = (await linkIn(app, host, "/invitations/")).split("/");
  const portal = host.startsWith("owner.") ? "owner" : "tenant";
  await good(
    new Client(app, host).send(`/api/v1/${portal}/auth/signup`, { json: { token, name, password } }),
  );
  return new Client(app, host).signIn(email, password);
}

/** A browser that has entered the right password of somebody with a second factor, and stands before the code. */
export async function halfIn(app: App, host: string, email: string): Promise<Client> {
  const client = new Client(app, host);
  await client.send("/sign-in", { form: { email, password } });
  return client;
}

/** Asks for a way back and for another address: two mails whose links are left open. */
export async function askForLinks(app: App, host: string, client: Client, email: string): Promise<string[]> {
  const stranger = new Client(app, host);
  await stranger.send("/forgot-password", { form: { email } });
  await client.submit("/profile/email", "/profile/email", {
    email: `new.${email}`,
    currentPassword: password,
  });
  return [await linkIn(app, host, "/reset-password?token="), await linkIn(app, host, "/verify-email?token=")];
}
