import type { ErrorKind } from "../../../server/errors.ts";

interface ErrorWords {
  readonly title: string;
  readonly happened: string;
  readonly kept: string;
  readonly next: string;
}

const validation = {
  required: "Enter this",
  "too-long": "This is too long",
  "too-short": "This is too short",
  "too-small": "This is too low",
  "too-large": "This is too high",
  "too-many": "That is too many",
  "not-a-number": "Enter a number",
  "not-a-whole-number": "Enter a whole number",
  "not-a-date": "Enter a date, such as 2024-03-12",
  "not-a-time": "Enter a date and time",
  "in-the-future": "This lies in the future",
  "in-the-past": "This lies in the past",
  "too-long-ago": "This is too long ago",
  "not-an-email": "Enter an email address, such as name@example.com",
  "not-a-phone": "Enter a phone number, with its area code",
  "not-an-id": "This is not a valid reference",
  "not-one-of": "Choose one of the list",
  "control-characters": "Remove the hidden characters; type it again",
  "bad-characters": "Some of these characters are not allowed",
  taken: "This is already in use",
  reserved: "This name is reserved; choose another",
  "not-a-name": "Enter a name",
  "not-a-subdomain": "Use 3 to 63 small letters, digits or hyphens, starting with a letter",
  "not-a-file": "Choose a file",
  "wrong-file-type": "This type of file is not accepted",
  "file-too-large": "This file is too large",
  "too-weak": "Choose a longer or less common password",
  "not-same": "The two do not match",
  "wrong-check-character": "Check the number: it does not fit its check character",
  unknown: "This field is not known here",
  "not-found": "There is no such entry",
  "not-allowed": "You may not choose this",
  invalid: "Check this",
};

/** By the code of an AppError. A code that is not listed falls back to its kind below. */
const errorsByCode = {
  "input.invalid": "Some fields need correcting. What you entered is still here.",
  "auth.bad-credentials": "The email or the password is wrong.",
  "auth.locked": "Too many tries. Wait a few minutes, then sign in again.",
  "auth.session-ended": "You were signed out. Sign in again to go on.",
  "csrf.stale": "This page had been open for too long. Send it again.",
  "row.changed": "Someone else changed this meanwhile. Look at their version, then save again.",
  "limit.patients": "Your plan's number of patients is reached. Nothing was saved.",
  "limit.users": "Your plan's number of users is reached. Nothing was saved.",
  "body.too-large": "What was sent is too large. Nothing was saved.",
  "csrf.foreign": "This form was sent from another site. Nothing was saved.",
  "hospital.provisioning": "This hospital is being set up. Try again in a moment.",
  "hospital.suspended": "This hospital's access is suspended. Its administrator can ask the provider why.",
  "idempotency.in-progress": "The same form is being carried out, or was. Look before you send it again.",
  "import.ended": "This import has ended.",
  "import.not-json": "The file is not JSON.",
  "import.refused": "Nothing of this could be imported. The report says why.",
  "import.too-large": "The file is too large to import.",
  "import.unsupported": "This kind of file cannot be imported.",
  "jobs.unavailable": "The work could not be queued just now. Please try again.",
  "name.taken": "This name is already in use.",
  "page.not-found": "There is nothing at this address.",
  "patient.deleted": "This patient's record is deleted. Restore it first.",
  "patient.possible-duplicate": "This patient may be registered already.",
  "permission.missing": "Your role does not allow this.",
  "provisioning.done": "This hospital is set up already.",
  "provisioning.running": "A hospital of this name is being set up just now.",
  "rate.exceeded": "Too many calls. Wait a moment and go on.",
  "role.admin-whole": "The administrator's role keeps all its rights.",
  "role.beyond-own": "You may not give rights that you do not hold yourself.",
  "role.built-in": "A built-in role cannot be deleted.",
  "role.in-use": "People hold this role. Give them another one first.",
  "server.all-full": "No database server has room for another hospital.",
  "server.none": "There is no database server in this region.",
  "tenant.status": "The hospital's state does not allow this.",
  "user.last-admin": "A hospital needs one active administrator. Make another one first.",
  "user.own-status": "You may not change your own state.",
};

const errorsByKind: Record<ErrorKind, string> = {
  invalid: "Some fields need correcting. What you entered is still here.",
  malformed: "What was sent could not be read. Nothing was changed.",
  unauthenticated: "Sign in to go on.",
  "payment-required": "The hospital's plan does not include this. Nothing was changed.",
  forbidden: "Your role does not include this. Nothing was changed.",
  "not-found": "There is nothing here by that name, or it is not yours to see.",
  "method-not-allowed": "This address does not take that kind of request.",
  "not-acceptable": "This cannot be given in the form that was asked for.",
  conflict: "This clashes with what is already recorded. Nothing was changed.",
  gone: "This has been removed.",
  "precondition-failed": "Someone else changed this meanwhile. Nothing of theirs was overwritten.",
  "too-large": "This is too large. Nothing was saved.",
  unsupported: "This kind of file or data is not accepted.",
  "precondition-required": "Open the entry again before changing it.",
  "too-many": "That was a lot at once. Wait a moment, then try again.",
  internal: "Something failed on our side. Nothing half-done was saved.",
  unavailable: "The hospital's records cannot be reached just now. Nothing was lost.",
};

const errorPages: Record<401 | 403 | 404 | 409 | 429 | 500 | 503, ErrorWords> = {
  401: {
    title: "Sign in to go on",
    happened: "You are not signed in, or you were signed out after a while of no use.",
    kept: "Everything that was saved is still there.",
    next: "Sign in; you will come back to this page.",
  },
  403: {
    title: "Not part of your role",
    happened: "Your role does not include this page or this act.",
    kept: "Nothing was changed.",
    next: "If you need it for your work, ask an administrator of your hospital.",
  },
  404: {
    title: "Nothing here",
    happened: "There is no page by this address, or it is not yours to see.",
    kept: "Nothing was changed.",
    next: "Check the address, or start from the home page.",
  },
  409: {
    title: "This clashes with another change",
    happened: "Someone else saved a change to the same entry, or it is already recorded.",
    kept: "Their change is kept; yours was not saved.",
    next: "Open the entry again, look at what changed, then make your change.",
  },
  429: {
    title: "Too many requests",
    happened: "A lot was asked in a short time, so this request was set aside.",
    kept: "Nothing was changed.",
    next: "Wait a minute, then try again.",
  },
  500: {
    title: "Something failed on our side",
    happened: "The page could not be made. The fault has been recorded with the reference below.",
    kept: "What was saved before is safe; nothing half-done was saved.",
    next: "Try again. If it fails again, tell your administrator the reference.",
  },
  503: {
    title: "Records cannot be reached just now",
    happened: "The database of this hospital does not answer.",
    kept: "What was saved before is safe. Entries not yet saved are not recorded: note them on paper.",
    next: "Try again in a minute. If it lasts, call your IT desk.",
  },
};

export const errors = {
  validation,
  errors: errorsByCode,
  errorKinds: errorsByKind,
  errorPages,
  errorLabels: {
    happened: "What happened",
    kept: "What was kept",
    next: "What to do",
    reference: "Reference",
  },
};
