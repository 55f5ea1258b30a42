import { eq } from "drizzle-orm";
import { operatorSessions } from "../../db/schema/control/operators.ts";
import { sessions } from "../../db/schema/hospital/sessions.ts";
import { signAccessToken } from "../../server/auth/tokens.ts";
import { csrfHeader } from "../../views/page.ts";
import type { TestApp } from "../support/app.ts";
import { type Badge, badgeAt, operatorBadge } from "../support/badges.ts";
import { forgedTokens } from "./forged-tokens.ts";
import type { Planted } from "./plant.ts";

/** Somebody at a door that is not theirs: each route that is not public has to answer 401 or 404. */
export interface Stranger {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly targetHost?: string;
  /** Shows what pages never read. */
  readonly apiOnly?: true;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const browser = ({ cookie, proof }: Badge) => ({ cookie, [csrfHeader]: proof });
const whole = (badge: Badge) => ({ ...browser(badge), ...bearer(badge.token) });
const ofTokens = (tokens: Readonly<Record<string, string>>): Stranger[] =>
  Object.entries(tokens).map(([name, token]) => ({ name, headers: bearer(token), apiOnly: true }));

async function revoked(app: TestApp, at: Planted): Promise<Badge> {
  const badge = await badgeAt(app, at.hospital, at.people["admin"] ?? "");
  await at.hospital
    .system()
    .db.update(sessions)
    .set({ revokedAt: app.clock.now() })
    .where(eq(sessions.personId, badge.personId));
  return badge;
}

/** Everybody who has no business at the hospital `at`; `other` is where some of them belong. */
export async function strangersAtHospital(
  app: TestApp,
  at: Planted,
  other: Planted,
  operatorId: string,
): Promise<readonly Stranger[]> {
  const { services, clock } = app;
  const past = new Date(clock.now().getTime() - 2 * 3_600_000);
  const gone = await revoked(app, at);
  const admin = await badgeAt(app, at.hospital, at.people["admin"] ?? "");
  const theirs = await badgeAt(app, other.hospital, other.people["admin"] ?? "");
  const suspended = await badgeAt(app, at.hospital, at.people["suspended"] ?? "");
  const deactivated = await badgeAt(app, at.hospital, at.people["deactivated"] ?? "");
  const owner = await operatorBadge(app, operatorId);
  const { host, id } = at.hospital;
  const audience = `hospital:${id}` as const;
  const expired = await signAccessToken(services.keyring, audience, admin, past);
  const ownersOfThem = await signAccessToken(services.keyring, "owner", admin, clock.now());
  return [
    { name: "nobody", headers: {} },
    { name: "nobody with X-Tenant-ID", headers: { "x-tenant-id": id } },
    { name: "other hospital's cookie", headers: browser(theirs) },
    { name: "other hospital's token", headers: bearer(theirs.token), apiOnly: true },
    { name: "other hospital's cookie and token", headers: whole(theirs) },
    { name: "other hospital's token, our X-Tenant-ID", headers: { ...whole(theirs), "x-tenant-id": id } },
    {
      name: "other hospital's token, our name as X-Tenant-ID",
      headers: { ...whole(theirs), "x-tenant-id": at.hospital.subdomain },
    },
    {
      name: "other hospital's token, X-Forwarded-Host of theirs",
      headers: { ...whole(theirs), "x-forwarded-host": other.hospital.host },
    },
    {
      name: "other hospital's token, Forwarded and X-Host of theirs",
      headers: {
        ...whole(theirs),
        ...{ forwarded: `host=${other.hospital.host}`, "x-host": other.hospital.host },
        "x-original-url": "/",
      },
    },
    {
      name: "other hospital's token, their host in the target",
      headers: whole(theirs),
      targetHost: other.hospital.host,
    },
    { name: "other hospital's token, Host with a port", headers: whole(theirs), host: `${host}:8443` },
    { name: "other hospital's token, Host in capitals", headers: whole(theirs), host: host.toUpperCase() },
    { name: "other hospital's token, Host with a dot", headers: whole(theirs), host: `${host}.` },
    { name: "our token, a Host that is ours and more", headers: whole(admin), host: `${host}.evil.example` },
    { name: "our token, Host of nobody", headers: whole(admin), host: "nowhere.localhost" },
    {
      name: "our token, other's X-Tenant-ID",
      headers: { ...bearer(admin.token), "x-tenant-id": other.hospital.id },
    },
    { name: "owner's cookie", headers: browser(owner) },
    { name: "owner's token", headers: whole(owner) },
    { name: "owner's audience for our person", headers: bearer(ownersOfThem), apiOnly: true },
    { name: "expired token", headers: bearer(expired), apiOnly: true },
    { name: "revoked session", headers: whole(gone) },
    { name: "suspended person", headers: whole(suspended) },
    { name: "deactivated person", headers: whole(deactivated) },
    { name: "refresh token for access token", headers: bearer(admin.refreshToken), apiOnly: true },
    { name: "cookie's secret for access token", headers: bearer(admin.cookie.split("=")[1] ?? "") },
    { name: "access token for cookie", headers: { cookie: `wardline=${admin.token}` } },
    { name: "refresh token for cookie", headers: { cookie: `wardline=${admin.refreshToken}` } },
    { name: "other hospital's API key", headers: bearer(other.keys.whole), apiOnly: true },
    {
      name: "other hospital's API key, our X-Tenant-ID",
      headers: { "x-api-key": other.keys.whole, "x-tenant-id": id },
    },
    { name: "revoked API key", headers: bearer(at.keys.revoked), apiOnly: true },
    { name: "expired API key", headers: { "x-api-key": at.keys.expired }, apiOnly: true },
    { name: "app key for API key", headers: bearer(at.keys.program), apiOnly: true },
    { name: "API key for cookie", headers: { cookie: `wardline=${at.keys.whole}` } },
    { name: "other hospital's support", headers: { cookie: other.support.inside } },
    { name: "support that was ended", headers: { cookie: at.support.ended } },
    { name: "support whose time is over", headers: { cookie: at.support.over } },
    ...ofTokens(
      forgedTokens(services.keyring, audience, `hospital:${other.hospital.id}`, admin, clock.now()),
    ),
  ];
}

/** Everybody who has no business at the owner's. */
export async function strangersAtOwner(
  app: TestApp,
  at: Planted,
  operatorIds: { readonly active: string; readonly suspended: string },
): Promise<readonly Stranger[]> {
  const { services, clock } = app;
  const past = new Date(clock.now().getTime() - 2 * 3_600_000);
  const gone = await operatorBadge(app, operatorIds.active);
  await services.connections.control.db
    .update(operatorSessions)
    .set({ revokedAt: clock.now() })
    .where(eq(operatorSessions.personId, operatorIds.active));
  const olga = await operatorBadge(app, operatorIds.active);
  const suspended = await operatorBadge(app, operatorIds.suspended);
  const admin = await badgeAt(app, at.hospital, at.people["admin"] ?? "");
  const ofHospital = `hospital:${at.hospital.id}` as const;
  return [
    { name: "nobody", headers: {} },
    { name: "hospital's cookie", headers: browser(admin) },
    { name: "hospital's token", headers: whole(admin) },
    {
      name: "hospital's token with X-Tenant-ID",
      headers: { ...whole(admin), "x-tenant-id": at.hospital.id },
    },
    {
      name: "hospital's token, X-Forwarded-Host of the hospital",
      headers: { ...whole(admin), "x-forwarded-host": at.hospital.host },
    },
    { name: "hospital's token, its host in the target", headers: whole(admin), targetHost: at.hospital.host },
    { name: "owner's token at no host", headers: whole(olga), host: "nowhere.localhost" },
    {
      name: "hospital's audience for an operator",
      headers: bearer(await signAccessToken(services.keyring, ofHospital, olga, clock.now())),
    },
    { name: "expired token", headers: bearer(await signAccessToken(services.keyring, "owner", olga, past)) },
    { name: "revoked session", headers: whole(gone) },
    { name: "suspended operator", headers: whole(suspended) },
    { name: "refresh token for access token", headers: bearer(olga.refreshToken), apiOnly: true },
    { name: "cookie's secret for access token", headers: bearer(olga.cookie.split("=")[1] ?? "") },
    { name: "access token for cookie", headers: { cookie: `wardline=${olga.token}` } },
    { name: "hospital's API key", headers: bearer(at.keys.whole), apiOnly: true },
    { name: "hospital's support", headers: { cookie: at.support.inside } },
    ...ofTokens(forgedTokens(services.keyring, "owner", ofHospital, olga, clock.now())),
  ];
}
