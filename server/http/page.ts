import { catalogue, languageOf } from "../../views/messages/catalogue.ts";
import {
  type Accent,
  directionOf,
  type Language,
  type Page,
  type Standing,
  type SyncChip,
  type Theme,
  type Toast,
} from "../../views/page.ts";
import { roleLabel } from "../../views/standard-names.ts";
import type { SignedInUser } from "../auth/hospital-actor.ts";
import type { SignedInOperator } from "../auth/owner-actor.ts";
import { may } from "../auth/permissions.ts";
import { lastCopyState } from "../hospital/sync/copy-state.ts";
import type { Services } from "../tenancy/services.ts";
import { assetUrls } from "./assets.ts";
import { readCookie } from "./cookies.ts";
import { csrfToken, visitorToken } from "./csrf.ts";
import { factsOf } from "./facts.ts";
import { hospitalMenuFor, ownerMenuFor } from "./menu.ts";
import { standingOf } from "./read-only.ts";
import { flashCookie } from "./reply.ts";

export const languageCookie = "wardline_lang";
export const themeCookie = "wardline_theme";

const accents: readonly string[] = [
  "teal",
  "blue",
  "indigo",
  "violet",
  "plum",
  "green",
  "slate",
] satisfies Accent[];
const tones: readonly unknown[] = [
  "neutral",
  "info",
  "success",
  "warning",
  "danger",
] satisfies Toast["tone"][];

function accentOf(name: string | null): Accent | undefined {
  return name !== null && accents.includes(name) ? (name as Accent) : undefined;
}

function themeOf(value: string | null): Theme | null {
  return value === "light" || value === "dark" || value === "system" ? value : null;
}

/** The language of a person who has not chosen one: the first of the browser's that we have, else the hospital's. */
function browserLanguage(request: Request, otherwise: Language): Language {
  for (const part of (request.headers.get("accept-language") ?? "").split(",")) {
    const language = languageOf(part.split(";")[0]?.trim());
    if (language !== null) return language;
  }
  return otherwise;
}

function readToast(request: Request): Toast | null {
  const text = readCookie(request, flashCookie);
  if (text === null || text === "") return null;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(text));
    if (typeof value !== "object" || value === null) return null;
    const tone: unknown = Reflect.get(value, "tone");
    const said: unknown = Reflect.get(value, "text");
    const undo: unknown = Reflect.get(value, "undo");
    if (!tones.includes(tone) || typeof said !== "string") return null;
    const email: unknown = Reflect.get(value, "email");
    const plain: Toast = {
      ...{ tone: tone as Toast["tone"], text: said.slice(0, 300) },
      ...(typeof email === "string" ? { email: email.slice(0, 320) } : {}),
    };
    if (typeof undo !== "object" || undo === null) return plain;
    const action: unknown = Reflect.get(undo, "action");
    const label: unknown = Reflect.get(undo, "label");
    return typeof action === "string" && /^\/[^/\\]/.test(action) && typeof label === "string"
      ? { ...plain, undo: { action, label } }
      : plain;
  } catch {
    return null;
  }
}

interface Preferences {
  readonly language: Language | null;
  readonly theme: Theme | null;
}

function basePage(services: Services, request: Request, preferences: Preferences): Page {
  const { hospital, portal, url } = factsOf(request);
  const lang =
    languageOf(readCookie(request, languageCookie)) ??
    preferences.language ??
    browserLanguage(request, hospital?.language ?? "en");
  const accent = accentOf(hospital?.accent ?? null);
  return {
    t: catalogue[lang],
    lang,
    dir: directionOf(lang),
    theme: themeOf(readCookie(request, themeCookie)) ?? preferences.theme ?? "system",
    portal,
    brand: { name: hospital?.name ?? "Wardline", ...(accent === undefined ? {} : { accent }) },
    path: `${url.pathname}${url.search}`,
    csrf: "",
    person: null,
    menu: [],
    search: null,
    notices: null,
    hospital: hospital?.id ?? null,
    zone: hospital?.timeZone ?? "UTC",
    currency: hospital?.currency ?? "USD",
    now: services.clock.now(),
    assets: assetUrls(),
    demo: services.env.demo,
    toast: readToast(request),
    syncChip: null,
    profileHref: null,
  };
}

/** The page as a stranger sees it: sign-in, the apex, errors. */
export function strangersPage(services: Services, request: Request): Page {
  const page = basePage(services, request, { language: null, theme: null });
  return { ...page, csrf: visitorToken(services.keyring, request) };
}

/** The page as a signed-in member of staff sees it. */
export function usersPage(services: Services, request: Request, user: SignedInUser): Page {
  const page = basePage(services, request, user);
  const { actor } = user;
  const { url } = factsOf(request);
  return {
    ...page,
    csrf: csrfToken(services.keyring, actor.sessionId),
    person: {
      ...{ name: actor.name, email: actor.email },
      roleName: roleLabel(page, { key: actor.roleKey, name: actor.roleName }),
    },
    menu: hospitalMenuFor(actor, page.t, url.pathname),
    search: may(actor, "patients:read")
      ? {
          action: "/patients",
          value: url.pathname === "/patients" ? (url.searchParams.get("search") ?? "") : "",
          label: page.t.shell.searchPatients,
        }
      : null,
    profileHref: "/profile",
    syncChip: syncChip(services, request),
    standing: standing(request),
  };
}

function standing(request: Request): Standing | null {
  const { hospital } = factsOf(request);
  return hospital === null ? null : standingOf(hospital);
}

/** Where the rows stand; kept small, since it is on every page. */
function syncChip(services: Services, request: Request): SyncChip | null {
  const { hospital } = factsOf(request);
  if (hospital === null) return null;
  const db = () => services.connections.hospital(hospital.place).db;
  const state = lastCopyState(hospital.id, db, services.clock);
  return state === null ? null : { ...state, href: null };
}

/** The page as a signed-in operator sees it. */
export function operatorsPage(services: Services, request: Request, operator: SignedInOperator): Page {
  const page = basePage(services, request, operator);
  const { actor } = operator;
  const { url } = factsOf(request);
  return {
    ...page,
    csrf: csrfToken(services.keyring, actor.sessionId),
    person: { name: actor.name, email: actor.email, roleName: page.t.people.operators.roles[actor.role] },
    menu: ownerMenuFor(actor, page.t, url.pathname),
    search: {
      action: "/hospitals",
      value: url.pathname === "/hospitals" ? (url.searchParams.get("search") ?? "") : "",
      label: page.t.shell.searchHospitals,
    },
    profileHref: "/profile",
  };
}
