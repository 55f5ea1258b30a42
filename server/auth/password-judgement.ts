import { AppError, type FieldError } from "../errors.ts";
import { isCommon, undisguised } from "./common-passwords.ts";
import type { PasswordPolicy } from "./password-policy.ts";

/** Longer ones cost more to hash than they add. */
export const longestPassword = 200;

const unprintable = /[\p{Cc}\p{Cs}]/u;

/** Whose password it is to be, and the names of the place where they sign in. */
export interface PasswordOwner {
  readonly name: string;
  readonly email: string;
  readonly places: readonly string[];
}

/** Shorter words stand in other words by chance. */
const telling = 4;
/** With a place's name taken out, so much has to be left. */
const leftOver = 8;

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word.length >= telling);

function holdsOwn(password: string, { name, email }: PasswordOwner): boolean {
  const forms = [password.toLowerCase(), undisguised(password)];
  const [local = ""] = email.toLowerCase().split("@");
  const own = [...wordsOf(name), ...(local.length >= telling ? [local] : [])];
  return own.some((word) => forms.some((form) => form.includes(word)));
}

function isMostlyPlace(password: string, { places }: PasswordOwner): boolean {
  const names = [
    "wardline",
    ...places.flatMap(wordsOf),
    ...places.map((place) => place.toLowerCase().replaceAll(/\s+/g, "")),
  ];
  return [password.toLowerCase(), undisguised(password)].some((form) => {
    let rest = form;
    for (const name of names) rest = rest.replaceAll(name, "");
    return rest !== form && rest.length < leftOver;
  });
}

/**
 * What is wrong with a password somebody chose; null where nothing is. Whether it was used before is judged
 * where the hashes are (`refuseUsed`).
 */
// open: pure
export function problemOf(
  field: string,
  password: string,
  policy: PasswordPolicy,
  owner: PasswordOwner,
): FieldError | null {
  const refuse = (code: string, message: string): FieldError => ({ field, code, message });
  if (unprintable.test(password))
    return refuse("control-characters", "Remove the hidden characters; type it again.");
  if ([...password].length < policy.minimumLength)
    return refuse("too-short", `Use at least ${policy.minimumLength} characters.`);
  if (password.length > longestPassword) return refuse("too-long", "This is too long.");
  if (holdsOwn(password, owner))
    return refuse("holds-name", "Leave your own name and e-mail address out of it.");
  if (policy.refuseCommon && (isCommon(password) || isMostlyPlace(password, owner)))
    return refuse("too-common", "This is one of the passwords that are guessed first. Choose another.");
  return null;
}

/** @throws AppError invalid (422) naming the field. */
// open: pure
export function refusePassword(problem: FieldError | null): void {
  if (problem !== null)
    throw new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields: [problem] });
}
